using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

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

    [Fact]
    public async Task ResolveAsync_ThreadCannotBeStarted_FailsAndTriesAgainTheNextTime()
    {
        var starts = 0;
        var lookup = new NameLookup(
            _ => [IPAddress.Loopback],
            start: thread =>
            {
                if (starts++ == 0)
                {
                    throw new InsufficientMemoryException();
                }

                thread.Start();
            });

        var failure = await Assert.ThrowsAsync<SocketException>(() => lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));

        Assert.Equal(SocketError.TryAgain, failure.SocketErrorCode);
        Assert.Equal([IPAddress.Loopback], await lookup.ResolveAsync("a.example", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ResolveAsync_ManyNamesHang_BoundsThreadsAndAnswersTheNamesThatAnsweredBefore()
    {
        using var answer = new ManualResetEventSlim();
        var (underWay, most) = (0, 0);
        var lookup = new NameLookup(name =>
        {
            if (name.StartsWith("hangs", StringComparison.Ordinal))
            {
                var now = Interlocked.Increment(ref underWay);
                InterlockedMax(ref most, now);
                answer.Wait(Eventually.Limit);
                Interlocked.Decrement(ref underWay);
            }

            return [IPAddress.Loopback];
        });
        Assert.Single(await lookup.ResolveAsync("known.example", TestContext.Current.CancellationToken));

        var hanging = Enumerable.Range(0, 300).Select(i => lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken)).ToArray();
        await Eventually.BecomesAsync(() => Volatile.Read(ref underWay) == 24, "all threads of unknown names hang");

        Assert.Single(await lookup.ResolveAsync("known.example", TestContext.Current.CancellationToken));
        Assert.DoesNotContain(hanging, task => task.IsCompleted);

        // The resolver ends by itself at last, and then everybody has a turn.
        answer.Set();
        Assert.Single(await lookup.ResolveAsync("unknown.example", TestContext.Current.CancellationToken));
        await Task.WhenAll(hanging);
        Assert.InRange(most, 1, 24);
    }

    [Fact]
    public async Task ResolveAsync_NamesThatHungLately_LeaveThreadsToOthers()
    {
        using var answer = new ManualResetEventSlim();
        var time = new FakeTimeProvider();
        var isFirst = true;
        var underWay = 0;
        var lookup = new NameLookup(
            name =>
            {
                if (name.StartsWith("hangs", StringComparison.Ordinal))
                {
                    if (isFirst)
                    {
                        time.Advance(TimeSpan.FromSeconds(5));
                        return [];
                    }

                    Interlocked.Increment(ref underWay);
                    answer.Wait(Eventually.Limit);
                }

                return [IPAddress.Loopback];
            },
            time);
        for (var i = 0; i < 40; i++)
        {
            await lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken);
        }

        isFirst = false;
        var hanging = Enumerable.Range(0, 40).Select(i => lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken)).ToArray();
        await Eventually.BecomesAsync(() => Volatile.Read(ref underWay) == 8, "the slow names have their threads");

        Assert.Single(await lookup.ResolveAsync("unknown.example", TestContext.Current.CancellationToken));
        Assert.Equal(8, Volatile.Read(ref underWay));
        answer.Set();
        await Task.WhenAll(hanging);
    }

    [Fact]
    public async Task ResolveAsync_CallersCancelBeforeItsTurn_IsNotLookedUp()
    {
        using var answer = new ManualResetEventSlim();
        var names = new ConcurrentQueue<string>();
        var lookup = new NameLookup(name =>
        {
            names.Enqueue(name);
            answer.Wait(Eventually.Limit);
            return [IPAddress.Loopback];
        });
        using var cancellation = new CancellationTokenSource();
        var hanging = Enumerable.Range(0, 24).Select(i => lookup.ResolveAsync($"hangs{i}.example", TestContext.Current.CancellationToken)).ToArray();

        var waiting = lookup.ResolveAsync("waits.example", cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        answer.Set();
        await Task.WhenAll(hanging);
        await lookup.ResolveAsync("last.example", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("waits.example", names);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
