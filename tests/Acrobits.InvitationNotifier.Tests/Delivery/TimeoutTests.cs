using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>How attempts and notifications are cut off.</summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task NotifyAsync_ProviderHangs_AttemptsAndDelaysFitIntoTotalTimeout()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, MockProvider.Hang);
        await using var host = Create(provider, time, options => options.Retry.MaxRetryAttempts = 10);

        var delivery = host.NotifyAsync();
        await WaitForAttemptAsync(provider, 1);
        time.Advance(AttemptTimeout);
        await WaitForAttemptAsync(provider, 2);
        time.Advance(AttemptTimeout);
        await WaitForAttemptAsync(provider, 3);
        time.Advance(TotalTimeout - (2 * AttemptTimeout) - TimeSpan.FromSeconds(1 + 2));
        var result = await delivery;

        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.IsType<TimeoutException>(result.Exception);
        Assert.Equal(3, result.Attempts);
        Assert.Equal(TotalTimeout, result.Duration);
        Assert.Equal([1, 2], time.Delays);
    }

    [Fact]
    public async Task NotifyAsync_TotalTimeoutShorterThanAttemptTimeout_CutsTheAttempt()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, MockProvider.Hang);
        await using var host = Create(provider, time, options =>
            (options.AttemptTimeout, options.TotalTimeout) = (TotalTimeout, AttemptTimeout));

        var delivery = host.NotifyAsync();
        await WaitForAttemptAsync(provider, 1);
        time.Advance(AttemptTimeout);
        var result = await delivery;

        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.IsType<TimeoutException>(result.Exception);
        Assert.Equal(1, result.Attempts);
        Assert.Equal(AttemptTimeout, result.Duration);
    }

    [Fact]
    public async Task NotifyAsync_NextDelayBeyondTotalTimeout_GivesUpAtOnce()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.ServiceUnavailable);
        await using var host = Create(provider, time, options =>
        {
            options.Retry.MaxRetryAttempts = 10;
            options.Retry.Delay = TimeSpan.FromSeconds(4);
            options.Retry.MaxDelay = TimeSpan.FromDays(1);
        });

        var result = await host.NotifyAsync();

        Assert.Equal([4, 8, 16], time.Delays);
        Assert.Equal((NotificationOutcome.Rejected, 4), (result.Outcome, result.Attempts));
        Assert.Equal(TimeSpan.FromSeconds(28), result.Duration);
    }

    [Fact]
    public async Task NotifyAsync_JitterBeyondTheTimeLeft_GivesUpAtOnceWithTheLastStatus()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.TooManyRequests);
        await using var host = Create(provider, time, options =>
        {
            options.TotalTimeout = TimeSpan.FromSeconds(5);
            options.Retry = new() { MaxRetryAttempts = 1, Delay = TimeSpan.FromSeconds(4.9), UseJitter = true };
            options.CircuitBreaker.MinimumThroughput = int.MaxValue;
        });

        var results = new List<NotificationResult>();
        for (var i = 0; i < 200; i++)
        {
            results.Add(await host.NotifyAsync());
        }

        Assert.All(results, result =>
        {
            Assert.Equal((NotificationOutcome.Rejected, HttpStatusCode.TooManyRequests), (result.Outcome, result.StatusCode));
            Assert.True(result.IsTransient);
            Assert.Null(result.Exception);
        });
        Assert.Equal([1, 2], results.Select(result => result.Attempts).Distinct().Order());
        Assert.All(time.Delays, delay => Assert.InRange(delay, 4.9 / 2, 5));
    }

    [Fact]
    public async Task NotifyAsync_AttemptTimesOutOnce_NextIsDelivered()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, MockProvider.Hang, MockProvider.Respond(HttpStatusCode.NoContent));
        await using var host = Create(provider, time);

        var delivery = host.NotifyAsync();
        await WaitForAttemptAsync(provider, 1);
        time.Advance(AttemptTimeout);
        var result = await delivery;

        Assert.Equal((NotificationOutcome.Delivered, 2), (result.Outcome, result.Attempts));
        Assert.Null(result.Exception);
        Assert.Equal(TimeSpan.FromSeconds(11), result.Duration);
    }

    private static Task WaitForAttemptAsync(MockProvider provider, int attempt) =>
        Eventually.BecomesAsync(() => provider.Requests.Count == attempt, $"attempt {attempt} has been sent");

    private static NotifierHost Create(MockProvider provider, TimeProvider time, Action<InvitationNotifierOptions>? configure = null) =>
        NotifierHost.Create(
            options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                configure?.Invoke(options);
            },
            provider.Handler,
            time);
}
