using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>A provider that asks for fewer requests gets fewer, and is not taken for broken.</summary>
public sealed class PauseTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task NotifyAsync_ServerAllowsFewAtATime_NoneIsSuspended()
    {
        // Allows five in each second of the clock that the test sets.
        var (second, count) = (-1L, 0);
        await using var provider = new Provider((connection, request, stopping) =>
        {
            bool isAllowed;
            lock (_time)
            {
                var now = _time.GetTimestamp() / _time.TimestampFrequency;
                (second, count) = (now, now == second ? count + 1 : 1);
                isAllowed = count <= 5;
            }

            return (isAllowed ? Replies.NoContent : Replies.Status(429))(connection, request, stopping);
        });
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url;
            options.CircuitBreaker.MinimumThroughput = 2;
        });

        var results = new List<NotificationResult>();
        for (var left = 40; left > 0; _time.Advance(TimeSpan.FromSeconds(1)))
        {
            var round = await Task.WhenAll(Enumerable.Range(0, left).Select(_ => application.NotifyAsync()));
            results.AddRange(round);
            left -= round.Count(result => result.IsSuccess);
        }

        Assert.DoesNotContain(results, result => result.Outcome == NotificationOutcome.Suspended);
        Assert.Equal(40, results.Count(result => result.IsSuccess));
    }

    [Theory]
    [InlineData(429, "90", 90)]
    [InlineData(503, "90", 90)]
    [InlineData(429, "7200", 3600)]
    [InlineData(503, "999999999999", 3600)]
    public async Task NotifyAsync_RetryAfter_PausesTheWebServiceUntilThen(int status, string retryAfter, int seconds)
    {
        await using var provider = new Provider(Replies.Sequence(
            Replies.Status(status, $"Retry-After: {retryAfter}\r\n"), Replies.NoContent));
        using var application = Create(options => options.InvitationCreatedUrl = provider.Url);

        await application.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(30));
        var paused = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Suspended, 0, true), (paused.Outcome, paused.Attempts, paused.IsTransient));
        Assert.Equal(TimeSpan.FromSeconds(seconds - 30), paused.RetryAfter);
        Assert.Contains("Retry-After", paused.Reason, StringComparison.Ordinal);
        Assert.Equal(1, provider.Connections);
        _time.Advance(paused.RetryAfter!.Value);
        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_WebServiceIsPaused_IsCountedAsPaused()
    {
        await using var provider = new Provider(Replies.Status(503, "Retry-After: 90\r\n"));
        using var application = Create(options => options.InvitationCreatedUrl = provider.Url);
        await application.NotifyAsync();
        using var notifications = new MetricCollector<long>(
            application.GetRequiredService<IMeterFactory>(), "Acrobits.InvitationNotifier", "acrobits.invitation_notifier.notifications");

        await application.NotifyAsync();

        var tags = Assert.Single(notifications.GetMeasurementSnapshot()).Tags;
        Assert.Equal(("suspended", "paused"), (tags["acrobits.invitation_notifier.outcome"], tags["error.type"]));
    }

    [Fact]
    public async Task NotifyAsync_PauseIsLengthenedDuringABackOff_WaitsForItAndIsDelivered()
    {
        var both = await NotifyTwiceAtOnceAsync(
            Replies.Sequence(Replies.Status(503, "Retry-After: 2\r\n"), Replies.Status(503, "Retry-After: 4\r\n"), Replies.NoContent));

        Assert.All(both, result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
        Assert.All(both, result => Assert.Equal(2, result.Attempts));
    }

    [Fact]
    public async Task NotifyAsync_PauseIsLengthenedBeyondTheTimeLeft_ReportsWhatIsLeftOfIt()
    {
        // The one that is asked to wait for too long gives up at once; the clock stands still for the other.
        var both = await NotifyTwiceAtOnceAsync(
            Replies.Sequence(Replies.Status(429, "Retry-After: 2\r\n"), Replies.Status(503, "Retry-After: 600\r\n")), Task.WhenAny);

        Assert.All(both, result => Assert.Equal((NotificationOutcome.Rejected, 1), (result.Outcome, result.Attempts)));
        Assert.All(both, result => Assert.True(result.RetryAfter > TimeSpan.FromSeconds(500)));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(408)]
    public async Task NotifyAsync_RetryAfterOfOtherAnswers_DoesNotPause(int status)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(status, "Retry-After: 90\r\n"), Replies.NoContent));
        using var application = Create(options => options.InvitationCreatedUrl = provider.Url);

        var asked = await application.NotifyAsync();

        Assert.Equal(TimeSpan.FromSeconds(90), asked.RetryAfter);
        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_ProbeIsAnswered429_ClosesTheCircuit()
    {
        await using var provider = new Provider(Replies.Sequence(
            Replies.Status(500), Replies.Status(500), Replies.Status(429), Replies.NoContent));
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url;
            options.CircuitBreaker.MinimumThroughput = 2;
        });
        await application.NotifyAsync();
        await application.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(30));

        var probe = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Rejected, 1), (probe.Outcome, probe.Attempts));
        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task NotifyAsync_ClockIsSet_ChangesNoWait(int hours)
    {
        var time = new SetClock();
        await using var provider = new Provider(Replies.Sequence(Replies.Status(500), Replies.Status(500), Replies.NoContent));
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url;
            options.CircuitBreaker.MinimumThroughput = 2;
        }, time);
        await application.NotifyAsync();
        await application.NotifyAsync();

        time.Offset = TimeSpan.FromHours(hours);
        var suspended = await application.NotifyAsync();
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((NotificationOutcome.Suspended, TimeSpan.FromSeconds(30)), (suspended.Outcome, suspended.RetryAfter));
        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
    }

    // Both requests arrive before either is answered. The clock starts after what "before" waits for.
    private async Task<NotificationResult[]> NotifyTwiceAtOnceAsync(Reply replies, Func<Task[], Task>? before = null)
    {
        var haveArrived = new TaskCompletionSource();
        await using var provider = new Provider(async (connection, request, stopping) =>
        {
            await haveArrived.Task.WaitAsync(stopping);
            await replies(connection, request, stopping);
        });
        using var application = Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url;
            options.Retry = new RetryOptions { UseJitter = false };
        });

        Task<NotificationResult>[] both = [application.NotifyAsync(), application.NotifyAsync()];
        await provider.ArrivedAsync();
        await provider.ArrivedAsync();
        haveArrived.SetResult();
        await (before?.Invoke(both) ?? Task.CompletedTask);
        while (!both.All(notification => notification.IsCompleted))
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        return await Task.WhenAll(both);
    }

    private ServiceProvider Create(Action<InvitationNotifierOptions> configure, TimeProvider? time = null) => Application.Create(
        configure, (services, _) => services.Replace(ServiceDescriptor.Singleton(time ?? _time)));

    /// <summary>A wall clock that is set, while time itself passes as before.</summary>
    private sealed class SetClock : FakeTimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
