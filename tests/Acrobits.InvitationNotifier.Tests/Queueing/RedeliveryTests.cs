using System.Diagnostics;
using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>What has failed for now is delivered again, on schedule.</summary>
public sealed class RedeliveryTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task EnqueueAsync_FailsEachTime_IsDeliveredAfterEachOfTheDefaultDelays()
    {
        var time = new SkippingTime();
        var start = time.GetUtcNow();
        var notifier = ScriptedNotifier.Answering(time, ScriptedNotifier.Failed);
        await using var host = await QueueHost.StartAsync(notifier, time: time);

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => host.Dropped.Count == 1, "given up");
        Assert.Equal([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400], time.Delays);
        Assert.Equal(
            [0, 5, 305, 2_105, 9_305, 27_305, 63_305, 113_705, 185_705, 272_105],
            notifier.Deliveries.Select(delivery => (delivery.Start - start).TotalSeconds));
    }

    [Fact]
    public async Task EnqueueAsync_DelayIsNotOver_IsNotDeliveredAgain()
    {
        var time = new SkippingTime { IsSkipping = false };
        var notifier = ScriptedNotifier.Answering(time, ScriptedNotifier.Failed, ScriptedNotifier.Failed, ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier, time: time);
        await host.EnqueueAsync("a");

        TimeSpan[] delays = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)];
        for (var i = 0; i < delays.Length; i++)
        {
            await host.BecomesAsync(_ => time.Delays.Count == i + 1, "the delay has begun");
            Assert.Equal((0, 1), (host.Waiting, host.Deferred));
            time.Advance(delays[i] - Tick);
            Assert.Equal(i + 1, notifier.Deliveries.Count);
            time.Advance(Tick);
            await host.BecomesAsync(_ => notifier.Deliveries.Count == i + 2, "delivered again");
        }

        await host.BecomesAsync(host => host.Deferred == 0, "done");
        await host.StopAsync();
        Assert.Equal(3, notifier.Deliveries.Count);
        Assert.Empty(host.Dropped);
    }

    [Theory]
    [InlineData(4, 5, 5)]
    [InlineData(6, 6, 12)]
    [InlineData(3_600, 3_600, 3_660)]
    [InlineData(double.PositiveInfinity, 86_400, 86_460)]
    public async Task EnqueueAsync_RetryAfter_LengthensTheDelay(double seconds, double least, double most)
    {
        var retryAfter = double.IsInfinity(seconds) ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);
        var time = new SkippingTime();
        var notifier = ScriptedNotifier.Answering(
            time,
            new NotificationResult { Outcome = NotificationOutcome.Suspended, RetryAfter = retryAfter },
            ScriptedNotifier.Failed,
            ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier, time: time);

        await host.EnqueueAsync("a");

        // What one answer has asked for does not lengthen the next delay.
        await host.BecomesAsync(_ => notifier.Deliveries.Count == 3, "delivered again");
        Assert.InRange(time.Delays[0], least, most);
        Assert.Equal([300], time.Delays.Skip(1));
    }

    [Fact]
    public async Task EnqueueAsync_NoFreePlaceAtTheDestination_IsDeliveredSoonAndTheScheduleIsNotUsed()
    {
        var time = new SkippingTime();
        var suspended = new NotificationResult { Outcome = NotificationOutcome.Suspended };
        var notifier = ScriptedNotifier.Answering(
            time, suspended, ScriptedNotifier.Failed, suspended, suspended, suspended, ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(
            notifier, options => options.Redelivery = new(TimeSpan.FromHours(1)), time);

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => notifier.Deliveries.Count == 6 && host.Deferred == 0, "delivered");
        Assert.Equal(3_600, time.Delays[1]);
        Assert.All(time.Delays.Where((_, index) => index != 1), delay => Assert.InRange(delay, 5, 60));
        Assert.Empty(host.Dropped);
    }

    [Theory]
    [InlineData(NotificationOutcome.Delivered, 204, 1)]
    [InlineData(NotificationOutcome.Rejected, 200, 1)]
    [InlineData(NotificationOutcome.Rejected, 404, 1)]
    [InlineData(NotificationOutcome.Blocked, null, 1)]
    [InlineData(NotificationOutcome.NotConfigured, null, 1)]
    [InlineData(NotificationOutcome.Unrepresentable, null, 1)]
    [InlineData(NotificationOutcome.Rejected, 408, 2)]
    [InlineData(NotificationOutcome.Rejected, 429, 2)]
    [InlineData(NotificationOutcome.Rejected, 503, 2)]
    [InlineData(NotificationOutcome.Unreachable, null, 2)]
    [InlineData(NotificationOutcome.Suspended, null, 2)]
    public async Task EnqueueAsync_Outcome_IsDeliveredAgainIfItIsTransient(NotificationOutcome outcome, int? status, int deliveries)
    {
        var result = new NotificationResult
        {
            Outcome = outcome,
            StatusCode = (HttpStatusCode?)status,
            RetryAfter = TimeSpan.FromSeconds(1),
        };
        var notifier = ScriptedNotifier.Answering(result, ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier, options => options.Redelivery = new(TimeSpan.Zero), new SkippingTime());

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => notifier.Deliveries.Count == deliveries && host.Waiting + host.Deferred == 0, "done");
        await host.StopAsync();
        Assert.Equal(deliveries, notifier.Deliveries.Count);
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_ClockJumps_EachIsDeliveredAgainOnce()
    {
        var time = new SkippingTime { IsSkipping = false };
        var notifier = ScriptedNotifier.Answering(time, ScriptedNotifier.Failed, ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(notifier, time: time);
        for (var i = 0; i < 10; i++)
        {
            await host.EnqueueAsync("a", $"{i}");
        }

        await host.BecomesAsync(_ => time.Delays.Count == 10, "all delays have begun");
        time.Advance(TimeSpan.FromDays(1));

        await host.BecomesAsync(host => host.Deferred == 0, "done");
        await host.StopAsync();
        Assert.Equal(20, notifier.Deliveries.Count);
        Assert.All(notifier.Invitees.GroupBy(invitee => invitee), group => Assert.Equal(2, group.Count()));
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_HostWasStartedInAnActivity_DeliveriesAreNoPartOfIt()
    {
        var trace = new TaskCompletionSource<ActivityTraceId?>();
        var notifier = new ScriptedNotifier((_, _) =>
        {
            trace.SetResult(Activity.Current?.TraceId);
            return Task.FromResult(ScriptedNotifier.Delivered);
        });
        using var start = new Activity("start").Start();
        await using var host = await QueueHost.StartAsync(notifier);
        Activity.Current = null;

        await host.EnqueueAsync("a");

        // Other tests may listen meanwhile: then the delivery has an activity of its own.
        Assert.NotEqual(start.TraceId, await trace.Task.WaitAsync(Eventually.Limit));
    }

    [Fact]
    public async Task EnqueueAsync_OthersWaitForARedelivery_IsDeliveredAtOnce()
    {
        var time = new SkippingTime { IsSkipping = false };
        var isDown = true;
        var notifier = new ScriptedNotifier(
            (_, _) => Task.FromResult(isDown ? ScriptedNotifier.Failed : ScriptedNotifier.Delivered), time);
        await using var host = await QueueHost.StartAsync(
            notifier, options => (options.Capacity, options.CapacityPerNetwork, options.MaxConcurrentDeliveriesPerNetwork) = (1, 1, 1), time);
        await host.EnqueueAsync("a", "1");
        await host.BecomesAsync(_ => time.Delays.Count == 1, "the delay has begun");

        isDown = false;
        await host.EnqueueAsync("a", "2").WaitAsync(Eventually.Limit);

        await host.BecomesAsync(host => host.Waiting == 0, "delivered");
        Assert.Equal(["1", "2"], notifier.Invitees);
        Assert.Equal(1, host.Deferred);
    }
}
