using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Destinations do not touch each other, and what was not sent says when to come back.</summary>
public sealed class IsolationTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task NotifyAsync_CircuitOpen_IsSuspendedForWhatIsLeftOfTheBreakAndThenTriesAgain()
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(500), Replies.Status(500), Replies.NoContent));
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url;
            options.CircuitBreaker = new CircuitBreakerOptions { MinimumThroughput = 2, FailureRatio = 1, BreakDuration = TimeSpan.FromSeconds(40) };
        });
        await application.NotifyAsync();
        await application.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(15));

        var suspended = await application.NotifyAsync();

        Assert.Equal(
            (NotificationOutcome.Suspended, true, false, 0, null),
            (suspended.Outcome, suspended.IsTransient, suspended.IsSuccess, suspended.Attempts, suspended.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(25), suspended.RetryAfter);
        Assert.Contains("00:00:25", suspended.Reason, StringComparison.Ordinal);
        Assert.Equal("System", suspended.Exception!.GetType().Namespace);
        Assert.Equal(2, provider.Connections);

        _time.Advance(suspended.RetryAfter!.Value);
        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_DestinationAndItsQueueFull_IsSuspendedAndTheOthersAreNot()
    {
        var release = new TaskCompletionSource();
        await using var busy = new Provider(Replies.NoContentAfter(release.Task));
        await using var idle = new Provider(Replies.NoContent);
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = busy.Url;
            options.Networks["idle"] = new() { InvitationCreatedUrl = idle.Url };
            (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 1);
        });

        var running = application.NotifyAsync();
        await busy.ArrivedAsync();
        var queued = application.NotifyAsync();
        var suspended = await application.NotifyAsync();
        var other = await application.Notifier().NotifyAsync(new Invitation("1", "2", "idle"));

        Assert.Equal((NotificationOutcome.Suspended, true, 0), (suspended.Outcome, suspended.IsTransient, suspended.Attempts));
        Assert.Contains("concurrency limit", suspended.Reason, StringComparison.Ordinal);
        Assert.Equal("System", suspended.Exception!.GetType().Namespace);
        Assert.Equal(NotificationOutcome.Delivered, other.Outcome);
        Assert.Equal(1, busy.Connections);

        release.SetResult();
        Assert.All(await Task.WhenAll(running, queued), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyAsync_CircuitOfOnePortOpen_OtherPortOfTheSameHostIsServed()
    {
        await using var failing = new Provider(Replies.Status(500));
        await using var healthy = new Provider(Replies.NoContent);
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = failing.Url;
            options.Networks["healthy"] = new() { InvitationCreatedUrl = healthy.Url };
            options.CircuitBreaker = new CircuitBreakerOptions { MinimumThroughput = 2, FailureRatio = 1 };
        });
        await application.NotifyAsync();
        await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Suspended, (await application.NotifyAsync()).Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await application.Notifier().NotifyAsync(new Invitation("1", "2", "healthy"))).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_TwoNetworksOfOneDestination_HaveTheirOwnCircuits()
    {
        await using var shared = new Provider(Replies.ByPath(("/one/", Replies.Status(500)), ("/two/", Replies.NoContent)));
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = shared.Url + "one/";
            options.Networks["other"] = new() { InvitationCreatedUrl = shared.Url + "two/" };
            options.CircuitBreaker = new CircuitBreakerOptions { MinimumThroughput = 2, FailureRatio = 1 };
        });
        await application.NotifyAsync();
        await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Suspended, (await application.NotifyAsync()).Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await application.Notifier().NotifyAsync(new Invitation("1", "2", "other"))).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_ReloadWhileARequestIsUnderWay_LeavesItAlone()
    {
        var release = new TaskCompletionSource();
        await using var before = new Provider(Replies.NoContentAfter(release.Task));
        await using var after = new Provider(Replies.NoContent);
        var (configuration, source) = ChangingConfiguration.Create(
            ("InvitationCreatedUrl", before.Url), ("Egress:AllowedRanges:0", "127.0.0.1/32"), ("AttemptTimeout", "00:00:20"));
        using var application = Application.Create(
            configuration, (services, _) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));

        var running = application.NotifyAsync();
        await before.ArrivedAsync();
        source.Change(
            ("InvitationCreatedUrl", after.Url), ("Egress:AllowedRanges:0", "127.0.0.1/32"), ("AttemptTimeout", "00:00:01"),
            ("TotalTimeout", "00:00:01"), ("MaxConcurrentRequests", "1"));
        var next = await application.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(running.IsCompleted);
        release.SetResult();
        Assert.Equal((NotificationOutcome.Delivered, 1), ((await running).Outcome, (await running).Attempts));
        Assert.Equal(NotificationOutcome.Delivered, next.Outcome);
        Assert.Equal((1, 1), (before.Connections, after.Connections));
    }

    [Fact]
    public async Task NotifyAsync_ReloadBetweenTwoAttempts_FinishesWithTheRequestItBegan()
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(503), Replies.NoContent));
        (string, string?)[] settings =
            [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("Retry:Delay", "00:00:02"), ("Retry:UseJitter", "false"),
            ("AttemptTimeout", "12:00:00"), ("TotalTimeout", "12:00:00")];
        var (configuration, source) = ChangingConfiguration.Create([.. settings, ("InvitationCreatedUrl", provider.Url + "old")]);
        using var application = Application.Create(
            configuration, (services, _) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));

        var running = application.NotifyAsync();
        await provider.ArrivedAsync();
        source.Change([.. settings, ("InvitationCreatedUrl", null)]);
        await Eventually.BecomesAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                return running.IsCompleted;
            },
            "the second attempt has ended");

        Assert.Equal((NotificationOutcome.Delivered, 2), ((await running).Outcome, (await running).Attempts));
        Assert.All(provider.Requests, request => Assert.StartsWith("GET /old HTTP/1.1", request, StringComparison.Ordinal));
        Assert.Equal(NotificationOutcome.NotConfigured, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_InvalidReload_KeepsTheLastGoodConfiguration()
    {
        await using var provider = new Provider(Replies.NoContent);
        (string, string?)[] settings = [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url)];
        var (configuration, source) = ChangingConfiguration.Create(settings);
        using var application = Application.Create(configuration);
        await application.NotifyAsync();

        source.Change([.. settings, ("MaxConcurrentRequests", "0"), ("Networks:mynetwork:InvitationCreatedUrl", "ftp://example.com")]);

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Theory]
    [InlineData("mynetwork", "own")]
    [InlineData(" mynetwork", "default")]
    [InlineData("mynetwork\u00AD", "default")]
    public async Task NotifyAsync_NetworkId_IsMatchedExactly(string networkId, string path)
    {
        await using var provider = new Provider(Replies.NoContent);
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url + "default";
            options.Networks["mynetwork"] = new() { InvitationCreatedUrl = provider.Url + "own" };
        });

        await application.Notifier().NotifyAsync(new Invitation("1", "2", networkId));

        Assert.StartsWith($"GET /{path} ", Assert.Single(provider.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("i=%invitee%", false)]
    [InlineData(null, true)]
    public async Task NotifyAsync_ProviderClosesWithoutAnAnswer_SendsOneRequestAnAttempt(string? postData, bool reuseConnections)
    {
        // The client itself sends a request without a body up to three times more where a connection ends without a byte.
        await using var provider = new Provider(Replies.Close);
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url;
            options.InvitationCreatedPostData = postData;
            options.ReuseConnections = reuseConnections;
            options.Retry.MaxRetryAttempts = 1;
        });

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Unreachable, 2), (result.Outcome, result.Attempts));
        Assert.Equal(HttpRequestError.ResponseEnded, Assert.IsType<HttpRequestException>(result.Exception).HttpRequestError);
        Assert.Equal(2, provider.Requests.Count);
    }

    private ServiceProvider Create(Action<InvitationNotifierOptions> configure) => Application.Create(
        configure, (services, _) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));
}
