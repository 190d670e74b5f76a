using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>Whoever enqueues waits while the queue is full.</summary>
public sealed class BackPressureTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task EnqueueAsync_RoomLeft_IsDeliveredWithoutItsCallerWaiting()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(notifier);

        await host.EnqueueAsync("a");

        Assert.Equal(1, host.Waiting);
        _gate.SetResult();
        await host.BecomesAsync(host => host.Waiting == 0, "delivered");
        Assert.Equal(["1"], notifier.Invitees);
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_QueueIsFull_WaitsUntilThereIsRoom()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(notifier, options => options.Capacity = 2);
        await host.EnqueueAsync("a", "1");
        await host.EnqueueAsync("b", "2");

        var third = host.EnqueueAsync("c", "3");

        await host.BecomesAsync(_ => notifier.Deliveries.Count == 2, "two deliveries are under way");
        Assert.False(third.IsCompleted);
        _gate.SetResult();
        await third.WaitAsync(Eventually.Limit);
        await host.StopAsync();
        Assert.Equal(["1", "2", "3"], notifier.Invitees.Order());
    }

    [Fact]
    public async Task EnqueueAsync_NetworkIsFull_WaitsAndOthersDoNot()
    {
        var notifier = ScriptedNotifier.Waiting(_gate, "full");
        await using var host = await QueueHost.StartAsync(notifier, options => (options.Capacity, options.CapacityPerNetwork) = (3, 2));
        await host.EnqueueAsync("full", "1");
        await host.EnqueueAsync("full", "2");

        var waiting = Enumerable.Range(3, 5).Select(i => host.EnqueueAsync("full", $"{i}")).ToArray();

        // Those who wait for their network's place take none of all networks'.
        await host.EnqueueAsync("other", "8").WaitAsync(Eventually.Limit);
        await host.BecomesAsync(_ => notifier.Invitees.Contains("8"), "the other network's is delivered");
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        _gate.SetResult();
        await Task.WhenAll(waiting).WaitAsync(Eventually.Limit);
        await host.StopAsync();
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], notifier.Invitees.Order());
    }

    [Fact]
    public async Task EnqueueAsync_NoFreeSlotAtTheDestination_KeepsItsRoomAndIsDeliveredInTheEnd()
    {
        var time = new FakeTimeProvider();
        var isFree = false;
        var notifier = new ScriptedNotifier((_, _) => Task.FromResult(Volatile.Read(ref isFree)
            ? ScriptedNotifier.Delivered
            : new NotificationResult { Outcome = NotificationOutcome.Suspended }));
        await using var host = await QueueHost.StartAsync(notifier, options => options.Capacity = 2, time);
        await host.EnqueueAsync("a", "1");
        await host.EnqueueAsync("a", "2");

        var third = host.EnqueueAsync("a", "3");

        await AdvanceUntilAsync(() => notifier.Deliveries.Count >= 6);
        Assert.False(third.IsCompleted);
        Assert.Equal((2, 0), (host.Waiting, host.Deferred));
        Volatile.Write(ref isFree, true);
        await AdvanceUntilAsync(() => third.IsCompleted);
        await host.StopAsync();
        Assert.Equal(["1", "2", "3"], notifier.Invitees.Distinct().Order());
        Assert.Empty(host.Dropped);

        Task AdvanceUntilAsync(Func<bool> condition) => Eventually.BecomesAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return condition();
            },
            "enough was tried");
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    public async Task EnqueueAsync_WaitIsCancelled_ThrowsAndNothingElseIsLost(int capacity, int capacityPerNetwork)
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(
            notifier, options => (options.Capacity, options.CapacityPerNetwork) = (capacity, capacityPerNetwork));
        using var impatient = new CancellationTokenSource();
        await host.EnqueueAsync("a", "first");
        var waiting = Enumerable.Range(0, 20).ToDictionary(
            i => $"{i}", i => host.EnqueueAsync("a", $"{i}", i % 2 == 0 ? impatient.Token : CancellationToken.None));

        await impatient.CancelAsync();
        foreach (var (_, task) in waiting.Where((_, i) => i % 2 == 0))
        {
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Eventually.Limit));
            Assert.Equal(impatient.Token, exception.CancellationToken);
        }

        _gate.SetResult();
        var patient = waiting.Where((_, i) => i % 2 == 1).ToArray();
        await Task.WhenAll(patient.Select(pair => pair.Value)).WaitAsync(Eventually.Limit);
        await host.StopAsync();
        Assert.Equal(patient.Select(pair => pair.Key).Append("first").Order(), notifier.Invitees.Order());
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_WaitForThePlaceOfAllIsCancelled_ThePlaceOfItsNetworkIsGivenBack()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(notifier, options => (options.Capacity, options.CapacityPerNetwork) = (1, 1));
        using var impatient = new CancellationTokenSource();
        await host.EnqueueAsync("a");
        var waiting = host.EnqueueAsync("b", "2", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Eventually.Limit));

        _gate.SetResult();

        await host.EnqueueAsync("b", "3").WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task EnqueueAsync_AlreadyCancelled_ThrowsAndDeliversNothing()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.EnqueueAsync("a", "1", new CancellationToken(canceled: true)));

        await host.StopAsync();
        Assert.Empty(notifier.Deliveries);
    }

    [Fact]
    public async Task EnqueueAsync_Cancelled_AfterwardsStaysAccepted()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(notifier);
        using var caller = new CancellationTokenSource();

        await host.EnqueueAsync("a", "1", caller.Token);
        await caller.CancelAsync();
        _gate.SetResult();

        await host.StopAsync();
        Assert.Equal(["1"], notifier.Invitees);
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_Null_Throws()
    {
        await using var host = await QueueHost.StartAsync(ScriptedNotifier.Answering(ScriptedNotifier.Delivered));

        await Assert.ThrowsAsync<ArgumentNullException>("invitation", () => host.Queue.EnqueueAsync(null!).AsTask());
    }

    [Fact]
    public async Task EnqueueAsync_HostHasNotStarted_IsDeliveredOnceItHas()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Delivered);
        await using var host = QueueHost.Create(notifier, options => options.Capacity = 2);
        await host.EnqueueAsync("a", "1");
        await host.EnqueueAsync("a", "2");
        var third = host.EnqueueAsync("a", "3");
        Assert.False(third.IsCompleted);
        Assert.Empty(notifier.Deliveries);

        await host.StartAsync();

        await third.WaitAsync(Eventually.Limit);
        await host.StopAsync();
        Assert.Equal(["1", "2", "3"], notifier.Invitees.Order());
    }
}
