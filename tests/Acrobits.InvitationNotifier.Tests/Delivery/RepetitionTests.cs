using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>What others did to the web service or its destination while a delivery waited for its next attempt.</summary>
public sealed class RepetitionTests
{
    private readonly SkippingTime _time = new() { IsSkipping = false };
    private readonly TaskCompletionSource _go = new();

    [Fact]
    public async Task NotifyAsync_QueueIsFullAtTheRepetition_ReportsTheLastAnswer()
    {
        var provider = new MockProvider(
            _time, MockProvider.Respond(HttpStatusCode.InternalServerError, ("Retry-After", "1")), AnswerOnGo);
        await using var host = Create(provider, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 0));
        var repeated = host.NotifyAsync();
        await Eventually.BecomesAsync(() => _time.Delays.Count == 1, "the delivery waits for its second attempt");
        var other = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2, "the slot is taken");

        _time.Advance(TimeSpan.FromSeconds(1));
        var result = await repeated;

        Assert.Equal((NotificationOutcome.Rejected, 1), (result.Outcome, result.Attempts));
        Assert.Equal((HttpStatusCode.InternalServerError, TimeSpan.FromSeconds(1)), (result.StatusCode, result.RetryAfter));
        _go.SetResult();
        Assert.Equal(NotificationOutcome.Delivered, (await other).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_TimeIsUpWhileTheRepetitionWaitsForASlot_ReportsTheLastAnswer()
    {
        var provider = new MockProvider(_time, MockProvider.Respond(HttpStatusCode.InternalServerError), AnswerOnGo);
        await using var host = Create(provider, options =>
        {
            (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 1);
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromSeconds(30);
        });
        var repeated = host.NotifyAsync();
        await Eventually.BecomesAsync(() => _time.Delays.Count == 1, "the delivery waits for its second attempt");
        _time.Advance(TimeSpan.FromSeconds(0.5));
        var other = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2, "the slot is taken");
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await Eventually.BecomesAsync(() => _time.Delays.Contains(29), "the second attempt waits for a slot");

        _time.Advance(TimeSpan.FromSeconds(29));
        var result = await repeated;

        Assert.Equal((NotificationOutcome.Rejected, 1), (result.Outcome, result.Attempts));
        Assert.Equal((HttpStatusCode.InternalServerError, TimeSpan.FromSeconds(30)), (result.StatusCode, result.Duration));
        Assert.False(other.IsCompleted);
        _go.SetResult();
        Assert.Equal(NotificationOutcome.Delivered, (await other).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_CircuitOpensForAShortBreak_GivesUpAndReportsWhatIsLeftOfIt()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, MockProvider.Respond(HttpStatusCode.InternalServerError, ("Retry-After", "1")));
        await using var host = Create(
            provider,
            options => options.CircuitBreaker = new() { MinimumThroughput = 2, BreakDuration = TimeSpan.FromSeconds(5) },
            time);

        var result = await host.NotifyAsync();

        Assert.Equal([1, 2], time.Delays);
        Assert.Equal((NotificationOutcome.Rejected, 2), (result.Outcome, result.Attempts));
        Assert.Equal((HttpStatusCode.InternalServerError, TimeSpan.FromSeconds(3)), (result.StatusCode, result.RetryAfter));
    }

    [Fact]
    public async Task NotifyAsync_ShortPauseBeforeTheFirstAttempt_IsSuspendedAtOnce()
    {
        var provider = new MockProvider(
            _time, MockProvider.Respond(HttpStatusCode.ServiceUnavailable, ("Retry-After", "5")), MockProvider.Respond(HttpStatusCode.NoContent));
        await using var host = Create(provider);
        await host.Notifier.NotifyOnceAsync(NotifierHost.Invitation);

        var paused = host.NotifyAsync();
        await Eventually.BecomesAsync(() => paused.IsCompleted || _time.Delays.Count > 0, "it has ended, or waits");

        Assert.Empty(_time.Delays);
        var result = await paused;
        Assert.Equal((NotificationOutcome.Suspended, 0), (result.Outcome, result.Attempts));
        Assert.Equal(TimeSpan.FromSeconds(5), result.RetryAfter);
    }

    [Fact]
    public async Task NotifyAsync_PauseIsLengthenedToTheMaxDelay_WaitsForItAndIsDelivered()
    {
        var provider = CreatePausing();
        await using var host = Create(provider, options => options.Retry.MaxDelay = TimeSpan.FromSeconds(10));
        var repeated = await PauseDuringTheDelayAsync(host);

        Assert.Equal([1, 10], _time.Delays);
        _time.Advance(TimeSpan.FromSeconds(10));
        var result = await repeated;

        Assert.Equal((NotificationOutcome.Delivered, 2), (result.Outcome, result.Attempts));
        Assert.Equal((TimeSpan.FromSeconds(11), 3), (result.Duration, provider.Requests.Count));
    }

    [Theory]
    [InlineData(11, 10)]
    [InlineData(30, 9.9)]
    public async Task NotifyAsync_PauseIsLengthenedToTheTimeLeftOrBeyondTheMaxDelay_GivesUpAtOnce(double totalTimeout, double maxDelay)
    {
        var provider = CreatePausing();
        await using var host = Create(provider, options =>
            (options.TotalTimeout, options.Retry.MaxDelay) = (TimeSpan.FromSeconds(totalTimeout), TimeSpan.FromSeconds(maxDelay)));
        var repeated = await PauseDuringTheDelayAsync(host);

        Assert.Equal([1], _time.Delays);
        var result = await repeated;

        Assert.Equal((NotificationOutcome.Rejected, 1), (result.Outcome, result.Attempts));
        Assert.Equal((HttpStatusCode.InternalServerError, TimeSpan.FromSeconds(10)), (result.StatusCode, result.RetryAfter));
        Assert.Equal((TimeSpan.FromSeconds(1), 2), (result.Duration, provider.Requests.Count));
    }

    // The pause has 10 s left when the delay of 1 s ends.
    private MockProvider CreatePausing() => new(
        _time,
        MockProvider.Respond(HttpStatusCode.InternalServerError),
        MockProvider.Respond(HttpStatusCode.ServiceUnavailable, ("Retry-After", "11")),
        MockProvider.Respond(HttpStatusCode.NoContent));

    private async Task<Task<NotificationResult>> PauseDuringTheDelayAsync(NotifierHost host)
    {
        var repeated = host.NotifyAsync();
        await Eventually.BecomesAsync(() => _time.Delays.Count == 1, "the delivery waits for its second attempt");
        await host.Notifier.NotifyOnceAsync(NotifierHost.Invitation);

        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.BecomesAsync(() => repeated.IsCompleted || _time.Delays.Count == 2, "it has ended, or waits for the pause");
        return repeated;
    }

    private async Task<HttpResponseMessage> AnswerOnGo(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _go.Task.WaitAsync(cancellationToken);
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private NotifierHost Create(
        MockProvider provider, Action<InvitationNotifierOptions>? configure = null, TimeProvider? time = null) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            configure?.Invoke(options);
        },
        provider.Handler,
        time ?? _time);
}
