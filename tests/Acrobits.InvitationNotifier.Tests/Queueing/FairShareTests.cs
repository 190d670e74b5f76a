using Acrobits.InvitationNotifier.Queueing;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

public sealed class NetworkLimitsTests
{
    [Fact]
    public async Task AcquireAsync_ManyWait_AreServedInOrder()
    {
        var limits = new NetworkLimits(perNetwork: 1);
        var first = await limits.AcquireAsync("a", CancellationToken.None);
        var served = new List<int>();
        var waiting = Enumerable.Range(0, 20).Select(async i =>
        {
            using var place = await limits.AcquireAsync("a", CancellationToken.None);
            served.Add(i);
        }).ToArray();

        first.Dispose();

        await Task.WhenAll(waiting).WaitAsync(Eventually.Limit);
        Assert.Equal(Enumerable.Range(0, 20), served);
    }

    [Fact]
    public async Task TryAcquire_NoneLeft_IsNullAndTakesNothing()
    {
        var limits = new NetworkLimits(perNetwork: 2, inAll: 3);
        var places = new[] { limits.TryAcquire("a"), limits.TryAcquire("a"), limits.TryAcquire("b") };
        Assert.All(places, Assert.NotNull);

        Assert.Null(limits.TryAcquire("a"));
        Assert.Null(limits.TryAcquire("b"));
        Assert.Null(limits.TryAcquire("c"));

        places[0]!.Dispose();
        using (Assert.IsAssignableFrom<IDisposable>(limits.TryAcquire("c")))
        {
            Assert.Null(limits.TryAcquire("b"));
        }

        using var again = await limits.AcquireAsync("b", CancellationToken.None);
    }

    [Fact]
    public async Task Dispose_LastPlaceOfANetwork_TheNetworkIsForgotten()
    {
        var limits = new NetworkLimits(perNetwork: 1, inAll: 1);
        using var caller = new CancellationTokenSource();
        var place = await limits.AcquireAsync("a", CancellationToken.None);
        var waiting = new[] { limits.AcquireAsync("a", caller.Token).AsTask(), limits.AcquireAsync("b", caller.Token).AsTask() };
        Assert.Null(limits.TryAcquire("c"));
        Assert.Equal(2, limits.NetworksInUse);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting).WaitAsync(Eventually.Limit));
        Assert.Equal(1, limits.NetworksInUse);
        place.Dispose();

        Assert.Equal(0, limits.NetworksInUse);
        Assert.NotNull(limits.TryAcquire("b"));
    }
}
