using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Egress;

public class NameLookupTests
{
    [Fact]
    public async Task ResolveAsync_NameServerStalls_HoldsOneThreadOfItsOwn()
    {
        using var answer = new ManualResetEventSlim();
        var (lookUps, pooled) = (0, 0);
        var lookup = new NameLookup(_ =>
        {
            Interlocked.Increment(ref lookUps);
            Interlocked.Add(ref pooled, Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
            answer.Wait(Eventually.Limit);
            return [IPAddress.Loopback];
        });
        using var cancelled = new CancellationTokenSource();
        var given = lookup.ResolveAsync("a.example", cancelled.Token);
        var kept = lookup.ResolveAsync("A.example", TestContext.Current.CancellationToken);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        answer.Set();
        Assert.Equal([IPAddress.Loopback], await kept);
        Assert.Equal((1, 0), (lookUps, pooled));
    }

    [Fact]
    public async Task ResolveAsync_Failed_LooksUpAgain()
    {
        var failures = 0;
        var lookup = new NameLookup(_ => failures++ == 0 ? throw new SocketException((int)SocketError.HostNotFound) : [IPAddress.Loopback]);

        await Assert.ThrowsAsync<SocketException>(() => lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));

        Assert.Equal([IPAddress.Loopback], await lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));
    }
}
