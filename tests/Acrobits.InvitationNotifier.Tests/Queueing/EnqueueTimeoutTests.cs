using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>A caller does not wait for room in the queue for ever.</summary>
public sealed class EnqueueTimeoutTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void EnqueueTimeout_Default_IsTenSeconds() => Assert.Equal(TimeSpan.FromSeconds(10), new InvitationQueueOptions().EnqueueTimeout);

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    public async Task EnqueueAsync_FullForTheTimeout_ThrowsAndNothingIsAccepted(int capacity, int capacityPerNetwork)
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await StartAsync(notifier, capacity, capacityPerNetwork);
        await host.EnqueueAsync("my\nnetwork", "1");
        var waiting = host.EnqueueAsync("my\nnetwork", "2");

        _time.Advance(TimeSpan.FromSeconds(10) - Tick);
        Assert.False(waiting.IsCompleted);
        _time.Advance(Tick);

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(Eventually.Limit));
        Assert.Equal(
            "The queue is full: an invitation of network my\uFFFDnetwork was not accepted within 00:00:10 (EnqueueTimeout). "
            + "Enqueue it again later, or raise Capacity and CapacityPerNetwork.",
            exception.Message);
        _gate.SetResult();
        await host.EnqueueAsync("my\nnetwork", "3").WaitAsync(Eventually.Limit);
        await host.StopAsync();
        Assert.Equal(["1", "3"], notifier.Invitees);
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
    }

    [Fact]
    public async Task EnqueueAsync_RoomBeforeTheTimeout_IsAccepted()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await StartAsync(notifier, capacity: 1, capacityPerNetwork: 1);
        await host.EnqueueAsync("a", "1");
        var waiting = host.EnqueueAsync("a", "2");

        _time.Advance(TimeSpan.FromSeconds(10) - Tick);
        _gate.SetResult();
        await waiting.WaitAsync(Eventually.Limit);
        _time.Advance(TimeSpan.FromDays(1));

        await host.StopAsync();
        Assert.Equal(["1", "2"], notifier.Invitees);
    }

    [Fact]
    public async Task EnqueueAsync_TimeoutIsZero_DoesNotWait()
    {
        await using var host = await QueueHost.StartAsync(
            ScriptedNotifier.Waiting(_gate), options => (options.Capacity, options.EnqueueTimeout) = (1, TimeSpan.Zero));
        await host.EnqueueAsync("a").WaitAsync(Eventually.Limit);

        await Assert.ThrowsAsync<TimeoutException>(() => host.EnqueueAsync("a").WaitAsync(Eventually.Limit));
    }

    [Theory]
    [InlineData("-00:00:00.0000001")]
    [InlineData("1.00:00:00.0000001")]
    public void EnqueueTimeout_OutOfRange_IsRefused(string timeout)
    {
        using var services = new ServiceCollection()
            .AddInvitationQueue(options => options.EnqueueTimeout = TimeSpan.Parse(timeout, null)).BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<InvitationQueueOptions>>().Value);

        Assert.Equal(
            [$"EnqueueTimeout: {timeout} is out of range. Use a time (hh:mm:ss) from 00:00:00 to 24 hours (1.00:00:00)."], exception.Failures);
    }

    private Task<QueueHost> StartAsync(ScriptedNotifier notifier, int capacity, int capacityPerNetwork) => QueueHost.StartAsync(
        notifier,
        options => (options.Capacity, options.CapacityPerNetwork, options.EnqueueTimeout) = (capacity, capacityPerNetwork, TimeSpan.FromSeconds(10)),
        _time);
}
