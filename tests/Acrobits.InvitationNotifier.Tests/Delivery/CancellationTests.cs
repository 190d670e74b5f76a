using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>The caller's cancellation throws; any other is a provider's failure.</summary>
public sealed class CancellationTests : IDisposable
{
    private readonly CancellationTokenSource _caller = new();
    private readonly SkippingTime _time = new() { IsSkipping = false };

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task NotifyAsync_CancelledBefore_ThrowsAndSendsNothing()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider);
        await _caller.CancelAsync();

        await AssertCancelledAsync(host.NotifyAsync(null, _caller.Token));

        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task NotifyAsync_CancelledDuringAttempt_ThrowsAndSendsNoMore()
    {
        var provider = new MockProvider(_time, MockProvider.Hang);
        await using var host = Create(provider);

        var delivery = host.NotifyAsync(null, _caller.Token);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the request has been sent");
        await _caller.CancelAsync();

        await AssertCancelledAsync(delivery);
        Assert.Single(provider.Requests);
        Assert.Empty(_time.Delays);

        var record = Assert.Single(host.Logs, record => record.Id.Id == 8);
        Assert.Equal(LogLevel.Information, record.Level);
        Assert.EndsWith($"the caller cancelled the delivery to {new Uri(MockProvider.Url).GetLeftPart(UriPartial.Authority)}.", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_CancelledDuringDelay_ThrowsAndSendsNoMore()
    {
        var provider = new MockProvider(_time, HttpStatusCode.ServiceUnavailable);
        await using var host = Create(provider);

        var delivery = host.NotifyAsync(null, _caller.Token);
        await Eventually.BecomesAsync(() => _time.Delays.Count == 1, "the delay has begun");
        await _caller.CancelAsync();

        await AssertCancelledAsync(delivery);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task NotifyAsync_CancelledInTheQueue_ThrowsAndGivesItsPlaceBack()
    {
        var provider = new MockProvider(_time, MockProvider.Hang);
        await using var host = Create(provider, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 1));
        using var other = new CancellationTokenSource();

        var running = host.NotifyAsync(null, other.Token);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the request has been sent");
        var queued = host.NotifyAsync(null, _caller.Token);
        var refused = await host.NotifyAsync();
        await _caller.CancelAsync();
        await AssertCancelledAsync(queued);
        var queuedNext = host.NotifyAsync(null, other.Token);

        Assert.Equal(NotificationOutcome.Suspended, refused.Outcome);
        Assert.False(queuedNext.IsCompleted);
        Assert.Single(provider.Requests);
        await other.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queuedNext);
    }

    [Fact]
    public async Task NotifyAsync_CancelledAndClientFailsOtherwise_Throws()
    {
        // Some handlers turn a cancelled request into a failure of their own.
        var provider = new MockProvider(_time, async (_, _) =>
        {
            await _caller.CancelAsync();
            throw new HttpRequestException("The request was aborted.");
        });
        await using var host = Create(provider);

        await AssertCancelledAsync(host.NotifyAsync(null, _caller.Token));

        Assert.Single(provider.Requests);
    }

    [Theory]
    [MemberData(nameof(ForeignCancellations))]
    public async Task NotifyAsync_CancellationIsNotTheCallers_IsUnreachable(OperationCanceledException cancellation)
    {
        var provider = new MockProvider(_time, (_, _) => throw cancellation);
        await using var host = Create(provider, options => options.Retry.MaxRetryAttempts = 0);

        var result = await host.NotifyAsync(null, _caller.Token);

        Assert.Equal((NotificationOutcome.Unreachable, 1), (result.Outcome, result.Attempts));
        Assert.NotNull(result.Exception);
    }

    public static TheoryData<OperationCanceledException> ForeignCancellations() =>
    [
        new OperationCanceledException(),
        new TaskCanceledException("timeout", new TimeoutException()),
        new OperationCanceledException(new CancellationToken(canceled: true)),
    ];

    private async Task AssertCancelledAsync(Task<NotificationResult> delivery)
    {
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
        Assert.Equal(_caller.Token, exception.CancellationToken);
    }

    private NotifierHost Create(MockProvider provider, Action<InvitationNotifierOptions>? configure = null) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            configure?.Invoke(options);
        },
        provider.Handler,
        _time);
}
