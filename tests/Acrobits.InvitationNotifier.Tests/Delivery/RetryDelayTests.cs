using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>How often an attempt is repeated, and when.</summary>
public sealed class RetryDelayTests
{
    [Fact]
    public async Task NotifyAsync_TransientStatus_IsRepeatedWithExponentialBackOff()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.ServiceUnavailable);
        await using var host = Create(provider, time);
        var started = time.GetUtcNow();

        var result = await host.NotifyAsync();

        Assert.Equal([1, 2, 4], time.Delays);
        Assert.Equal([0, 1, 3, 7], provider.Arrivals.Select(arrival => (arrival - started).TotalSeconds));
        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, result.StatusCode);
        Assert.True(result.IsTransient);
        Assert.Equal(4, result.Attempts);
        Assert.Equal(TimeSpan.FromSeconds(7), result.Duration);
        Assert.Null(result.RetryAfter);
        Assert.Null(result.Exception);
    }

    [Fact]
    public async Task NotifyAsync_NoUsableAnswer_IsRepeatedWithTheSameDelays()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, (_, _) => throw new HttpRequestException("refused"));
        await using var host = Create(provider, time);

        var result = await host.NotifyAsync();

        Assert.Equal([1, 2, 4], time.Delays);
        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.Equal(4, result.Attempts);
    }

    [Fact]
    public async Task NotifyAsync_MaxDelay_CapsTheBackOff()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.TooManyRequests);
        await using var host = Create(provider, time, options =>
        {
            options.Retry.MaxRetryAttempts = 5;
            options.Retry.MaxDelay = TimeSpan.FromSeconds(3);
        });

        var result = await host.NotifyAsync();

        Assert.Equal([1, 2, 3, 3, 3], time.Delays);
        Assert.Equal(6, result.Attempts);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(7, 8)]
    public async Task NotifyAsync_MaxRetryAttempts_BoundsTheAttempts(int maxRetryAttempts, int attempts)
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.InternalServerError);
        await using var host = Create(provider, time, options =>
        {
            options.Retry.MaxRetryAttempts = maxRetryAttempts;
            options.Retry.Delay = TimeSpan.Zero;
        });

        var result = await host.NotifyAsync();

        Assert.Equal(attempts, result.Attempts);
        Assert.Equal(attempts, provider.Requests.Count);
        Assert.Empty(time.Delays);
        Assert.True(result.IsTransient);
    }

    [Fact]
    public async Task NotifyAsync_Jitter_VariesTheDelaysByHalf()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.BadGateway);
        await using var host = Create(provider, time, options =>
        {
            options.Retry = new() { MaxRetryAttempts = 1, UseJitter = true };
        });

        for (var i = 0; i < 50; i++)
        {
            await host.NotifyAsync();
        }

        Assert.True(time.Delays.Distinct().Count() > 10, "The delays do not vary.");
        Assert.All(time.Delays, delay => Assert.InRange(delay, 0.5, 1.5));
        Assert.Contains(time.Delays, delay => delay < 1);
        Assert.Contains(time.Delays, delay => delay > 1);
    }

    [Fact]
    public async Task NotifyAsync_JitterBeyondMaxDelay_IsCapped()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.BadGateway);
        await using var host = Create(provider, time, options =>
        {
            options.Retry = new() { MaxRetryAttempts = 1, MaxDelay = TimeSpan.FromSeconds(1), UseJitter = true };
        });

        for (var i = 0; i < 50; i++)
        {
            await host.NotifyAsync();
        }

        Assert.All(time.Delays, delay => Assert.InRange(delay, 0.5, 1));
    }

    [Fact]
    public async Task NotifyAsync_LaterAttemptIsAnswered_TheLastAnswerCounts()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(
            time,
            MockProvider.Respond(HttpStatusCode.GatewayTimeout, ("Retry-After", "3")),
            (_, _) => throw new HttpRequestException("reset"),
            MockProvider.Respond(HttpStatusCode.NotFound));
        await using var host = Create(provider, time);

        var result = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Equal(HttpStatusCode.NotFound, result.StatusCode);
        Assert.False(result.IsTransient);
        Assert.Equal(3, result.Attempts);
        Assert.Null(result.RetryAfter);
        Assert.Null(result.Exception);
    }

    [Fact]
    public async Task NotifyAsync_EachAttempt_IsAFreshRequestWithTheSameBytes()
    {
        var time = new SkippingTime();
        var bodies = new List<byte[]>();
        var provider = new MockProvider(time, async (request, cancellationToken) =>
        {
            bodies.Add(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        });
        await using var host = Create(provider, time, options =>
            options.InvitationCreatedPostData = "invitee=%invitee%&invitor=%invitor%&network=%network_id%");

        await host.NotifyAsync();

        Assert.Equal(4, provider.Requests.Distinct().Count());
        Assert.Single(provider.Requests.Select(request => request.RequestUri!.OriginalString).Distinct());
        Assert.Single(provider.Requests.Select(request => request.Headers.ToString()).Distinct());
        Assert.All(bodies, body => Assert.Equal("invitee=15551231234&invitor=johnsnow&network=mynetwork"u8.ToArray(), body));
    }

    private static NotifierHost Create(MockProvider provider, TimeProvider time, Action<InvitationNotifierOptions>? configure = null) =>
        NotifierHost.Create(
            options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.CircuitBreaker.MinimumThroughput = int.MaxValue;
                configure?.Invoke(options);
            },
            provider.Handler,
            time);
}
