using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>What the queue gives up while it runs is logged and counted, with its network.</summary>
public sealed class DroppedTests
{
    [Fact]
    public async Task EnqueueAsync_ScheduleExhausted_IsDroppedLoggedAndCounted()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Failed);
        await using var host = await QueueHost.StartAsync(
            notifier, options => options.Redelivery = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));

        await host.EnqueueAsync("mynetwork");

        await host.BecomesAsync(host => host.Dropped.Count == 1, "dropped");
        await host.StopAsync();
        Assert.Equal([("mynetwork", "schedule_exhausted")], host.Dropped);
        var record = Assert.Single(host.Logs, record => record.Id.Id != QueueHost.Deferral);
        Assert.Equal((30, LogLevel.Warning), (record.Id.Id, record.Level));
        Assert.Equal(
            $"Network mynetwork, created invitation {record.GetStructuredStateValue("InvitationId")}: dropped, because 4 deliveries failed and the redelivery schedule is exhausted. "
                + "Earlier events of the network say why.", record.Message);
        Assert.Equal("mynetwork", record.GetStructuredStateValue("NetworkId"));
        Assert.Equal("Acrobits.InvitationNotifier.IInvitationQueue", record.Category);
        Assert.Equal(4, notifier.Deliveries.Count);
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
    }

    [Fact]
    public async Task EnqueueAsync_ScheduleWithoutDelays_IsDroppedAfterItsFirstDelivery()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Failed);
        await using var host = await QueueHost.StartAsync(notifier, options => options.Redelivery = new());

        await host.EnqueueAsync("mynetwork");

        await host.BecomesAsync(host => host.Dropped.Count == 1, "dropped");
        Assert.Equal([("mynetwork", "schedule_exhausted")], host.Dropped);
        Assert.Single(notifier.Deliveries);
    }

    [Theory]
    [InlineData(10, 1, "a", "a")]
    [InlineData(1, 10, "a", "b")]
    public async Task EnqueueAsync_RedeliveryCapacityFull_IsDroppedLoggedAndCounted(int capacity, int capacityPerNetwork, string first, string second)
    {
        var time = new SkippingTime { IsSkipping = false };
        var notifier = ScriptedNotifier.Answering(time, ScriptedNotifier.Failed, ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(
            notifier, options => (options.Capacity, options.CapacityPerNetwork) = (capacity, capacityPerNetwork), time);
        await host.EnqueueAsync(first, "1");
        await host.BecomesAsync(_ => time.Delays.Count == 1, "the first waits for its redelivery");

        await host.EnqueueAsync(second, "2");

        await host.BecomesAsync(host => host.Dropped.Count == 1, "the second is dropped");
        Assert.Equal([(second, "capacity")], host.Dropped);
        var record = Assert.Single(host.Logs, record => record.Id.Id != QueueHost.Deferral);
        Assert.Equal((31, LogLevel.Warning), (record.Id.Id, record.Level));
        Assert.Equal(
            $"Network {second}, created invitation {record.GetStructuredStateValue("InvitationId")}: dropped after its first delivery failed, because the capacity for "
                + "redeliveries is full. Raise Capacity and CapacityPerNetwork, or use a durable queue.", record.Message);

        // The first is delivered, and its place can be taken again.
        time.Advance(TimeSpan.FromSeconds(5));
        await host.BecomesAsync(host => host.Deferred == 0, "the first is delivered");
        await host.EnqueueAsync(second, "3");
        await host.BecomesAsync(_ => time.Delays.Count == 2, "the third waits for its redelivery");
        Assert.Equal(1, host.Deferred);
        Assert.Single(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_OthersWantItsPlace_KeepsItFromTheFirstRedeliveryToTheLast()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Failed);
        await using var host = await QueueHost.StartAsync(notifier, options =>
        {
            options.CapacityPerNetwork = 1;
            options.Redelivery = new(Enumerable.Repeat(TimeSpan.Zero, 5));
        });

        for (var i = 0; i < 3_000; i++)
        {
            await host.EnqueueAsync("a", $"{i}").WaitAsync(Eventually.Limit);
        }

        // Either it has all of its deliveries, or no place from the beginning.
        await host.BecomesAsync(host => host.Dropped.Count == 3_000, "all are dropped");
        Assert.Equal([1, 6], notifier.Invitees.GroupBy(invitee => invitee).Select(group => group.Count()).Distinct().Order());
    }

    [Fact]
    public async Task EnqueueAsync_NetworkWithLineEnds_CannotForgeLines()
    {
        await using var host = await QueueHost.StartAsync(
            ScriptedNotifier.Answering(ScriptedNotifier.Failed), options => options.Redelivery = new());

        await host.EnqueueAsync("a\r\nfail: b");

        await host.BecomesAsync(host => host.Logs.Count == 1, "logged");
        Assert.StartsWith("Network a\uFFFD\uFFFDfail: b, created invitation ", host.Logs[0].Message, StringComparison.Ordinal);
    }
}
