using Acrobits.InvitationNotifier.Queueing;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

public sealed class CapacityLimiterTests
{
    [Fact]
    public async Task EnterAsync_ManyWait_AreServedInOrder()
    {
        var share = new CapacityLimiter(total: 10, perNetwork: 1);
        await share.EnterAsync("a", CancellationToken.None);
        var served = new List<int>();
        var waiting = Enumerable.Range(0, 20).Select(async i =>
        {
            await share.EnterAsync("a", CancellationToken.None);
            served.Add(i);
            share.Leave("a");
        }).ToArray();

        share.Leave("a");

        await Task.WhenAll(waiting).WaitAsync(Eventually.Limit);
        Assert.Equal(Enumerable.Range(0, 20), served);
    }

    [Fact]
    public void TryEnter_NoPlaceLeft_IsFalseAndTakesNothing()
    {
        var share = new CapacityLimiter(total: 3, perNetwork: 2);
        Assert.All(["a", "a", "b"], network => Assert.True(share.TryEnter(network)));

        Assert.All(["a", "b", "c"], network => Assert.False(share.TryEnter(network)));

        share.Leave("a");
        Assert.True(share.TryEnter("c"));
        Assert.False(share.TryEnter("b"));
        share.Leave("c");
        Assert.True(share.TryEnter("b"));
    }

    [Fact]
    public async Task Leave_LastPlaceOfANetwork_TheNetworkIsForgotten()
    {
        var share = new CapacityLimiter(total: 1, perNetwork: 1);
        using var caller = new CancellationTokenSource();
        await share.EnterAsync("a", CancellationToken.None);
        var waiting = new[] { share.EnterAsync("a", caller.Token), share.EnterAsync("b", caller.Token) };
        Assert.False(share.TryEnter("c"));
        Assert.Equal(2, share.NetworksInUse);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting).WaitAsync(Eventually.Limit));
        Assert.Equal(1, share.NetworksInUse);
        share.Leave("a");

        Assert.Equal(0, share.NetworksInUse);
        Assert.True(share.TryEnter("b"));
    }
}
