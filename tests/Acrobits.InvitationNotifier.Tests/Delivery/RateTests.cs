using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>How many requests a second one destination gets, who gets the next one, and what becomes of the others.</summary>
public sealed class RateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _go = new();

    [Fact]
    public async Task NotifyAsync_NoRate_IsNotLimited()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: null);

        Assert.All(await Task.WhenAll(Notify(host, 500)), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyAsync_MoreThanTheRate_AreSentEvenly()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 50);

        var notifications = Notify(host, 200);
        for (var expected = 5; expected < 200; expected++)
        {
            await SentAsync(provider, expected);
            _time.Advance(TimeSpan.FromMilliseconds(19));
            Assert.Equal(expected, provider.Requests.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.All(await Task.WhenAll(notifications), result => Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts)));
        Assert.Equal(200, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_TimersAreLate_KeepTheRate()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 50);

        var notifications = Notify(host, 105);
        await SentAsync(provider, 5);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SentAsync(provider, 55);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SentAsync(provider, 105);

        await Task.WhenAll(notifications);
    }

    [Fact]
    public async Task NotifyAsync_NoTokenAndQueueFull_IsSuspendedUntilThereIsOne()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 0.5, options => options.MaxQueuedRequests = 0);
        await host.NotifyAsync();
        _time.Advance(TimeSpan.FromMilliseconds(500));

        var suspended = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Suspended, 0, true), (suspended.Outcome, suspended.Attempts, suspended.IsTransient));
        Assert.Equal(TimeSpan.FromSeconds(1.5), suspended.RetryAfter);
        Assert.Equal("The destination is at its rate limit, and was not free in time; the next request is possible in 00:00:01.5000000.", suspended.Reason);
        Assert.Equal("System", suspended.Exception!.GetType().Namespace);
        Assert.Contains("rate_limit", Assert.Single(host.Logs, record => record.Id.Id == 5).Message, StringComparison.Ordinal);
        _time.Advance(suspended.RetryAfter!.Value);
        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_OthersWaitBefore_IsSuspendedUntilAfterThem()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 1, options => options.MaxQueuedRequests = 2);
        await host.NotifyAsync();
        var waiting = Notify(host, 2);

        var suspended = await host.NotifyAsync();

        Assert.Equal(TimeSpan.FromSeconds(3), suspended.RetryAfter);
        for (var expected = 2; expected <= 3; expected++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await SentAsync(provider, expected);
        }

        await Task.WhenAll(waiting);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_NoTokenForTheTotalTimeout_IsSuspended()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 0.01);
        await host.NotifyAsync();

        var waiting = host.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var result = await waiting;

        Assert.Equal((NotificationOutcome.Suspended, TimeSpan.FromSeconds(70)), (result.Outcome, result.RetryAfter));
        Assert.Equal(TimeSpan.FromSeconds(30), result.Duration);
    }

    [Theory]
    [InlineData(0.5, 1.9)]
    [InlineData(9, 0.0112)]
    public async Task NotifyOnceAsync_NoTokenForAWhile_IsSuspended(double rate, double retryAfter)
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate);
        await host.NotifyAsync();

        var waiting = host.Notifier.NotifyOnceAsync(NotifierHost.Invitation);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var result = await waiting;

        Assert.Equal((NotificationOutcome.Suspended, 0), (result.Outcome, result.Attempts));
        Assert.InRange(result.RetryAfter!.Value.TotalSeconds, retryAfter - 0.001, retryAfter);
    }

    [Fact]
    public async Task NotifyOnceAsync_TokenComesInTime_IsDelivered()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 10);
        await host.NotifyAsync();

        var waiting = host.Notifier.NotifyOnceAsync(NotifierHost.Invitation);
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(NotificationOutcome.Delivered, (await waiting).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_Retries_TakeTokensToo()
    {
        var provider = new MockProvider(_time, HttpStatusCode.ServiceUnavailable);
        await using var host = Create(provider, rate: 0.5, options => options.Retry = new RetryOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero });

        var notification = host.NotifyAsync();
        for (var expected = 1; expected < 4; expected++)
        {
            await SentAsync(provider, expected);
            _time.Advance(TimeSpan.FromMilliseconds(1_999));
            Assert.Equal(expected, provider.Requests.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal((NotificationOutcome.Rejected, 4), ((await notification).Outcome, (await notification).Attempts));
    }

    [Fact]
    public async Task NotifyAsync_NoTimeLeftForTheTokenOfARetry_IsTheLastAnswer()
    {
        var provider = new MockProvider(_time, HttpStatusCode.ServiceUnavailable);
        await using var host = Create(provider, rate: 0.01, options => options.Retry = new RetryOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero });

        var notification = host.NotifyAsync();
        await SentAsync(provider, 1);
        await Eventually.BecomesAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return notification.IsCompleted;
            },
            "the time is over");

        var result = await notification;
        Assert.Equal((NotificationOutcome.Rejected, HttpStatusCode.ServiceUnavailable, 1), (result.Outcome, result.StatusCode, result.Attempts));
    }

    [Theory]
    [InlineData("http://provider.example:81/")]
    [InlineData("https://provider.example/")]
    [InlineData("http://other.example/")]
    public async Task NotifyAsync_OneDestinationIsLimited_OthersAreNotHeldUp(string otherUrl)
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 0.1, options => options.Networks["other"] = new() { InvitationCreatedUrl = otherUrl });
        await host.NotifyAsync();
        var waiting = host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync(To("other"))).Outcome);
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));
        await waiting;
    }

    [Fact]
    public async Task NotifyAsync_OneNetworkFloods_OthersTakeTurns()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 1, AddNetworks(3));

        var notifications = Notify(host, 10, To("0")).Concat([host.NotifyAsync(To("1")), host.NotifyAsync(To("2"))]).ToArray();
        for (var expected = 1; expected <= 12; expected++)
        {
            await SentAsync(provider, expected);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await Task.WhenAll(notifications);
        Assert.Equal(
            ["/0", "/0", "/1", "/2", "/0", "/0", "/0", "/0", "/0", "/0", "/0", "/0"],
            provider.Requests.Select(request => request.RequestUri!.AbsolutePath));
    }

    [Fact]
    public async Task NotifyOnceAsync_OneNetworkAlwaysWaits_TheOtherGetsATokenWhenItComesBack()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 0.5, options =>
        {
            AddNetworks(2)(options);
            options.TotalTimeout = options.AttemptTimeout = TimeSpan.FromHours(1);
        });
        var flood = Notify(host, 20, To("0"));
        await SentAsync(provider, 1);
        var refused = host.Notifier.NotifyOnceAsync(To("1"));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(NotificationOutcome.Suspended, (await refused).Outcome);

        // One token is kept, and the others go to the one that waits.
        _time.Advance((await refused).RetryAfter!.Value);
        Assert.Single(provider.Requests);
        for (var expected = 2; expected <= 4; expected++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await SentAsync(provider, expected);
        }

        var second = await host.Notifier.NotifyOnceAsync(To("1"));
        Assert.Equal((NotificationOutcome.Delivered, TimeSpan.Zero), (second.Outcome, second.Duration));
        for (var expected = 6; expected <= 21; expected++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await SentAsync(provider, expected);
        }

        await Task.WhenAll(flood);
    }

    [Fact]
    public async Task NotifyAsync_TokenIsKeptForOneThatHangs_OthersGetTheNext()
    {
        var provider = new MockProvider(_time, (request, cancellationToken) => request.RequestUri!.AbsolutePath == "/0"
            ? MockProvider.Hang(request, cancellationToken)
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent)));
        await using var host = Create(provider, rate: 1, options =>
        {
            AddNetworks(2)(options);
            options.MaxConcurrentRequests = 2;
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromHours(1);
        });

        // One network was refused for the rate, and then has all the slots that it may have.
        using var end = new CancellationTokenSource();
        var hanging = new List<Task<NotificationResult>> { host.NotifyAsync(To("0"), end.Token) };
        await SentAsync(provider, 1);
        var refused = host.Notifier.NotifyOnceAsync(To("0"), CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(NotificationOutcome.Suspended, (await refused).Outcome);
        hanging.Add(host.NotifyAsync(To("0"), end.Token));
        var others = Notify(host, 3, To("1"));

        for (var expected = 2; expected <= 4; expected++)
        {
            _time.Advance(TimeSpan.FromSeconds(expected == 2 ? 2 : 1));
            await SentAsync(provider, expected);
        }

        Assert.All(await Task.WhenAll(others), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
        await end.CancelAsync();
    }

    [Fact]
    public async Task NotifyAsync_WaitsForAToken_HoldsNoSlot()
    {
        var provider = new MockProvider(_time, AnswerOnGo);
        await using var host = Create(provider, rate: 1, options => options.MaxConcurrentRequests = 2);

        // One is under way and one waits for a token; a third finds a slot when there is a token.
        var notifications = Notify(host, 3);
        await SentAsync(provider, 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SentAsync(provider, 2);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, provider.Requests.Count);

        // A slot is missing now, and its return is enough.
        _go.SetResult();
        Assert.All(await Task.WhenAll(notifications), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyAsync_SlotIsMissing_IsSuspendedForTheConcurrencyLimit()
    {
        var provider = new MockProvider(_time, AnswerOnGo);
        await using var host = Create(provider, rate: 1, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 0));
        var running = host.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        var suspended = await host.NotifyAsync();

        Assert.Null(suspended.RetryAfter);
        Assert.Contains("concurrency limit", suspended.Reason, StringComparison.Ordinal);
        _go.SetResult();
        await running;
    }

    [Fact]
    public async Task NotifyAsync_CancelledWhileItWaits_LosesNoToken()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 1);
        using var caller = new CancellationTokenSource();
        await host.NotifyAsync();
        var cancelled = host.NotifyAsync(cancellationToken: caller.Token);
        var next = host.NotifyAsync();

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(NotificationOutcome.Delivered, (await next).Outcome);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_CancelledAtAnyMoment_KeepsTheRate()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, rate: 10);
        await host.NotifyAsync();

        // The token and the cancellation come at the same time. Whoever gets the token, it is neither lost nor used twice.
        var started = _time.GetUtcNow();
        for (var round = 0; round < 50; round++)
        {
            using var caller = new CancellationTokenSource();
            var cancelled = host.NotifyAsync(cancellationToken: caller.Token);
            var other = host.NotifyAsync();
            await Task.WhenAll(Task.Run(caller.Cancel), Task.Run(() => _time.Advance(TimeSpan.FromMilliseconds(100))));
            await ((Task)cancelled).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await Eventually.BecomesAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromMilliseconds(other.IsCompleted ? 0 : 10));
                    return other.IsCompleted;
                },
                "the other one is sent");
            Assert.True((await other).IsSuccess);
        }

        Assert.InRange(provider.Requests.Count, 51, 1 + (10 * (_time.GetUtcNow() - started).TotalSeconds));
    }

    [Fact]
    public async Task NotifyAsync_CircuitOpensDuringTheWait_PutsTheTokenBack()
    {
        var isFailing = true;
        var provider = new MockProvider(_time, (request, _) => Task.FromResult(new HttpResponseMessage(
            isFailing && request.RequestUri!.AbsolutePath == "/0" ? HttpStatusCode.InternalServerError : HttpStatusCode.NoContent)));
        await using var host = Create(provider, rate: 1, options =>
        {
            AddNetworks(2)(options);
            options.Retry.MaxRetryAttempts = 0;
            options.CircuitBreaker = new CircuitBreakerOptions { MinimumThroughput = 2, FailureRatio = 1 };
        });
        await host.NotifyAsync(To("0"));
        var notifications = Notify(host, 3, To("0"));

        // The second failure opens the circuit. The other two get their token, and return it for the next one.
        _time.Advance(TimeSpan.FromSeconds(1));
        await SentAsync(provider, 2);
        await notifications[0];
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(NotificationOutcome.Suspended, (await notifications[1]).Outcome);
        Assert.Equal(NotificationOutcome.Suspended, (await notifications[2]).Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync(To("1"))).Outcome);
        Assert.Equal(3, provider.Requests.Count);
    }

    private static Invitation To(string network) => new("1", "2", network);

    private static Task<NotificationResult>[] Notify(NotifierHost host, int count, Invitation? invitation = null) =>
        [.. Enumerable.Range(0, count).Select(_ => host.NotifyAsync(invitation))];

    private static Task SentAsync(MockProvider provider, int count) =>
        Eventually.BecomesAsync(() => provider.Requests.Count >= count, $"{count} requests have been sent");

    private static Action<InvitationNotifierOptions> AddNetworks(int count) => options =>
    {
        for (var i = 0; i < count; i++)
        {
            options.Networks[$"{i}"] = new() { InvitationCreatedUrl = $"http://provider.example/{i}" };
        }
    };

    private async Task<HttpResponseMessage> AnswerOnGo(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _go.Task.WaitAsync(cancellationToken);
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private NotifierHost Create(MockProvider provider, double? rate, Action<InvitationNotifierOptions>? configure = null) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            options.MaxRequestsPerSecond = rate;
            configure?.Invoke(options);
        },
        provider.Handler,
        _time);
}
