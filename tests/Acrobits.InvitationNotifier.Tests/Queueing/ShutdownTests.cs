using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>The host stops: what was accepted gets its delivery, and what waits for a redelivery is dropped.</summary>
public sealed class ShutdownTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task StopAsync_DeliveriesUnderWayAndWaiting_ComesAfterThem()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(notifier, options => options.MaxConcurrentDeliveriesPerNetwork = 1);
        for (var i = 0; i < 10; i++)
        {
            await host.EnqueueAsync("a", $"{i}");
        }

        await host.BecomesAsync(_ => notifier.Deliveries.Count == 1, "one delivery is under way");
        var stopping = host.StopAsync();
        Assert.False(stopping.IsCompleted);
        _gate.SetResult();
        await stopping;

        Assert.Equal(10, notifier.Invitees.Distinct().Count());
        Assert.Equal(10, notifier.Deliveries.Count);
        Assert.Empty(host.Dropped);
        Assert.Empty(host.Logs);
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
    }

    [Fact]
    public async Task StopAsync_NoFreeSlotAtTheDestinationYet_IsTriedAgainBeforeTheEnd()
    {
        var suspended = new NotificationResult { Outcome = NotificationOutcome.Suspended };
        var notifier = ScriptedNotifier.Answering(suspended, suspended, ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier);
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => notifier.Deliveries.Count == 1, "tried once");

        await host.StopAsync();

        Assert.Equal(3, notifier.Deliveries.Count);
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_Stopped_Throws()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier, options => (options.Capacity, options.CapacityPerNetwork) = (1, 1));
        await host.StopAsync();

        // More often than there is room: none is held by what was refused.
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => host.EnqueueAsync("a").WaitAsync(Eventually.Limit));
        }

        Assert.Empty(notifier.Deliveries);
        Assert.Equal(0, host.Waiting);
    }

    [Fact]
    public async Task EnqueueAsync_StoppedWhileItWaits_Throws()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(notifier, options => (options.Capacity, options.CapacityPerNetwork) = (2, 1));
        await host.EnqueueAsync("a", "1");
        await host.EnqueueAsync("b", "2");
        var waiting = Enumerable.Range(0, 20).Select(i => host.EnqueueAsync(i % 2 == 0 ? "a" : "c", $"w{i}")).ToArray();

        var stopping = host.StopAsync();
        _gate.SetResult();
        await stopping;

        foreach (var task in waiting)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => task.WaitAsync(Eventually.Limit));
        }

        Assert.Equal(["1", "2"], notifier.Invitees.Order());
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_HostIsAboutToStopTheQueue_IsAcceptedIfThereIsRoom()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier);

        await ((IHostedLifecycleService)host.Queue).StoppingAsync(CancellationToken.None);
        await host.EnqueueAsync("a");

        await host.StopAsync();
        Assert.Single(notifier.Deliveries);
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task Dispose_NotStopped_NothingGoesOnAndNobodyWaits()
    {
        CancellationToken delivery = default;
        var time = new SkippingTime { IsSkipping = false };
        var notifier = new ScriptedNotifier(async (invitation, cancellationToken) =>
        {
            if (invitation.NetworkId == "dead")
            {
                return ScriptedNotifier.Failed;
            }

            delivery = cancellationToken;
            await _gate.Task;
            return ScriptedNotifier.Failed;
        });
        await using var host = await QueueHost.StartAsync(notifier, options => options.CapacityPerNetwork = 1, time);
        await host.EnqueueAsync("dead");
        await host.EnqueueAsync("slow");
        await host.BecomesAsync(_ => time.Delays.Count == 1 && delivery.CanBeCanceled, "one is deferred, the other under way");
        var waiting = host.EnqueueAsync("slow");

        ((IDisposable)host.Queue).Dispose();

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.WaitAsync(Eventually.Limit));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.EnqueueAsync("other").WaitAsync(Eventually.Limit));
        await host.BecomesAsync(host => host.Logged(32).Count == 1 && host.Waiting + host.Deferred == 0, "all have ended");
        Assert.True(delivery.IsCancellationRequested);
        Assert.Equal([("dead", "shutdown"), ("slow", "shutdown")], host.Dropped.Order());
        _gate.SetResult();
    }

    [Fact]
    public async Task StopAsync_SomeWaitForARedelivery_TheyAreDroppedLoggedAndCounted()
    {
        var time = new SkippingTime { IsSkipping = false };
        await using var host = await QueueHost.StartAsync(ScriptedNotifier.Answering(ScriptedNotifier.Failed), time: time);
        await host.EnqueueAsync("a", "1");
        await host.EnqueueAsync("b", "2");
        await host.EnqueueAsync("b", "3");
        await host.BecomesAsync(_ => time.Delays.Count == 3, "all wait for their redelivery");

        await host.StopAsync();

        Assert.Equal([("a", "shutdown"), ("b", "shutdown"), ("b", "shutdown")], host.Dropped.Order());
        Assert.Equal(
            "The queue has stopped, and 3 invitation(s) were dropped undelivered: b (2), a (1).", Assert.Single(host.Logged(32)).Message);
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
    }

    [Fact]
    public async Task StopAsync_WaitsForItsLastRedelivery_IsDroppedByTheShutdownAndNotGivenUp()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Failed);
        await using var host = await QueueHost.StartAsync(
            notifier, options => options.Redelivery = new RedeliverySchedule(TimeSpan.FromHours(1)));
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => host.Deferred == 1, "it waits for its redelivery");

        await host.StopAsync();

        Assert.Single(notifier.Deliveries);
        Assert.Equal([("a", "shutdown")], host.Dropped);
        Assert.Contains("1", Assert.Single(host.Logs, record => record.Id.Id != QueueHost.Deferral).Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
    }

    [Fact]
    public async Task StopAsync_LastDeliveryFails_IsDroppedAndNotWaitedFor()
    {
        var notifier = new ScriptedNotifier(async (_, _) =>
        {
            await _gate.Task;
            return ScriptedNotifier.Failed;
        });
        await using var host = await QueueHost.StartAsync(notifier);
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => notifier.Deliveries.Count == 1, "the delivery is under way");

        var stopping = host.StopAsync();
        _gate.SetResult();
        await stopping;

        Assert.Equal([("a", "shutdown")], host.Dropped);
        Assert.Single(notifier.Deliveries);
    }

    [Fact]
    public async Task StopAsync_DropsOfManyNetworks_NamesTheTwentyThatLostMost()
    {
        var time = new SkippingTime { IsSkipping = false };
        await using var host = await QueueHost.StartAsync(ScriptedNotifier.Answering(ScriptedNotifier.Failed), time: time);
        var ids = Enumerable.Range(0, 25).SelectMany(network => Enumerable.Repeat(network, network < 20 ? 2 : 1)).ToArray();
        foreach (var id in ids)
        {
            await host.EnqueueAsync($"n{id}");
        }

        await host.BecomesAsync(_ => time.Delays.Count == ids.Length, "all wait for their redelivery");
        await host.StopAsync();

        var message = Assert.Single(host.Logged(32)).Message;
        Assert.StartsWith("The queue has stopped, and 45 invitation(s) were dropped undelivered: n", message, StringComparison.Ordinal);
        Assert.EndsWith(" (2) and 5 more.", message, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, 20), network => Assert.Contains($"n{network} (2)", message, StringComparison.Ordinal));
        Assert.DoesNotContain("(1)", message, StringComparison.Ordinal);
        Assert.Equal(45, host.Dropped.Count);
    }

    [Fact]
    public async Task StopAsync_NeverStarted_DeliversWhatWasAccepted()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Delivered);
        await using var host = QueueHost.Create(notifier);
        await host.EnqueueAsync("a");

        await host.StopAsync();

        Assert.Single(notifier.Deliveries);
        Assert.Empty(host.Dropped);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.EnqueueAsync("a"));
    }

    [Fact]
    public async Task StopAsync_OnceMoreMeanwhile_ComesAfterTheDeliveriesToo()
    {
        var gate = new TaskCompletionSource();
        await using var host = await QueueHost.StartAsync(ScriptedNotifier.Waiting(gate));
        await host.EnqueueAsync("a");
        await host.BecomesAsync(host => host.Waiting == 1, "accepted");

        var first = host.StopAsync();
        var second = host.StopAsync();
        Assert.False(second.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(0, host.Waiting);
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task StopAsync_OnceMoreAndOutOfTime_CutsTheFirst()
    {
        await using var host = await QueueHost.StartAsync(ScriptedNotifier.Waiting(new TaskCompletionSource()));
        await host.EnqueueAsync("a");

        var first = host.StopAsync();
        await host.StopAsync(new CancellationToken(canceled: true));
        await first;

        Assert.Equal(("a", "shutdown"), Assert.Single(host.Dropped));
        Assert.Single(host.Logged(32));
    }

    [Fact]
    public async Task StopAsync_Twice_LogsOnce()
    {
        var time = new SkippingTime { IsSkipping = false };
        await using var host = await QueueHost.StartAsync(ScriptedNotifier.Answering(ScriptedNotifier.Failed), time: time);
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => time.Delays.Count == 1, "it waits for its redelivery");

        await host.StopAsync();
        await host.StopAsync();

        Assert.Single(host.Logged(32));
        Assert.Single(host.Dropped);
    }
}
