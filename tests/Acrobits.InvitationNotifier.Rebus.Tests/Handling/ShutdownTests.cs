using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Rebus.Bus;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>Whoever stops the application does not wait for a slow provider, and the invitation stays in the queue.</summary>
public sealed class ShutdownTests
{
    private readonly InMemoryBus _bus = new();
    private readonly TaskCompletionSource<NotificationResult> _answer = new();

    [Fact]
    public async Task StopAsync_AttemptUnderWay_HasTwoSecondsThenIsCancelledAndKept()
    {
        CancellationToken attempt = default;
        var notifier = new FakeNotifier(async (_, cancellationToken) =>
        {
            attempt = cancellationToken;
            return await _answer.Task.WaitAsync(cancellationToken);
        });
        await using var host = await _bus.StartAsync(notifier);
        await host.EnqueueAsync(Samples.Invitation);
        await notifier.UntilCalledAsync(1);

        var stopped = await BeginStopAsync(host);
        _bus.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(attempt.IsCancellationRequested);
        _bus.Time.Advance(TimeSpan.FromSeconds(0.1));

        await stopped.WaitAsync(Eventually.Limit);
        Assert.True(attempt.IsCancellationRequested);
        Assert.False(Assert.Single(_bus.Waiting).Headers.ContainsKey(Headers.DeferCount));
        Assert.Empty(_bus.Failed);
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task StopAsync_AnswerWithinTheGrace_MessageIsDone()
    {
        var notifier = new FakeNotifier((_, cancellationToken) => _answer.Task.WaitAsync(cancellationToken));
        await using var host = await _bus.StartAsync(notifier);
        await host.EnqueueAsync(Samples.Invitation);
        await notifier.UntilCalledAsync(1);

        var stopped = await BeginStopAsync(host);
        _bus.Time.Advance(TimeSpan.FromSeconds(1));
        _answer.SetResult(new NotificationResult { Outcome = NotificationOutcome.Delivered });

        await stopped.WaitAsync(Eventually.Limit);
        Assert.Equal(0, _bus.Network.Count());
    }

    [Fact]
    public async Task StopAsync_FailureWithinTheGrace_IsDeferred()
    {
        var notifier = new FakeNotifier((_, cancellationToken) => _answer.Task.WaitAsync(cancellationToken));
        await using var host = await _bus.StartAsync(notifier);
        await host.EnqueueAsync(Samples.Invitation);
        await notifier.UntilCalledAsync(1);

        var stopped = await BeginStopAsync(host);
        _answer.SetResult(new NotificationResult { Outcome = NotificationOutcome.Unreachable });

        // The next host that runs takes it from there.
        await stopped.WaitAsync(Eventually.Limit);
        Assert.Equal("1", Assert.Single(_bus.Waiting).Headers[Headers.DeferCount]);
    }

    [Fact]
    public async Task StopAsync_NotifierThrowsMeanwhile_IsKept()
    {
        var notifier = new FakeNotifier((_, _) => _answer.Task);
        await using var host = await _bus.StartAsync(notifier);
        await host.EnqueueAsync(Samples.Invitation);
        await notifier.UntilCalledAsync(1);

        var stopped = await BeginStopAsync(host);
        _answer.SetException(new InvalidOperationException("The database of endpoints has stopped too. +420777654321"));

        await stopped.WaitAsync(Eventually.Limit);
        Assert.Single(_bus.Waiting);
        Assert.Empty(_bus.Failed);
        Samples.AssertKept(host);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopAsync_NotifierIgnoresCancellation_IsNotWaitedFor(bool isBlocking)
    {
        using var release = new ManualResetEventSlim();
        var notifier = new FakeNotifier((_, _) =>
        {
            if (isBlocking)
            {
                release.Wait(2 * Eventually.Limit, CancellationToken.None);
            }

            return _answer.Task;
        });
        await using var host = await _bus.StartAsync(notifier);
        await host.EnqueueAsync(Samples.Invitation);
        await notifier.UntilCalledAsync(1);

        var stopped = await BeginStopAsync(host);
        _bus.Time.Advance(TimeSpan.FromSeconds(2));

        try
        {
            await stopped.WaitAsync(Eventually.Limit);
        }
        finally
        {
            release.Set();
        }

        Assert.Single(_bus.Waiting);
    }

    // Until the attempt knows of it; what is subscribed here is called after Rebus' own part.
    private static async Task<Task> BeginStopAsync(BusHost host)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.GetRequiredService<BusLifetimeEvents>().BusDisposing += told.SetResult;
        var stopped = Task.Run(host.StopAsync);
        await told.Task.WaitAsync(Eventually.Limit);
        return stopped;
    }
}
