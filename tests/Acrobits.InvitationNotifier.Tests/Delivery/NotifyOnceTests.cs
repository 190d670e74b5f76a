using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>One attempt, for callers that schedule later deliveries themselves.</summary>
public sealed class NotifyOnceTests
{
    private readonly SkippingTime _time = new() { IsSkipping = false };

    [Theory]
    [InlineData(HttpStatusCode.NoContent, NotificationOutcome.Delivered, false)]
    [InlineData(HttpStatusCode.NotFound, NotificationOutcome.Rejected, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, NotificationOutcome.Rejected, true)]
    [InlineData(HttpStatusCode.TooManyRequests, NotificationOutcome.Rejected, true)]
    public async Task NotifyOnceAsync_Answered_IsNotRepeated(HttpStatusCode status, NotificationOutcome outcome, bool isTransient)
    {
        var provider = new MockProvider(_time, status, HttpStatusCode.NoContent);
        await using var host = Create(provider);

        var result = await NotifyOnceAsync(host);

        Assert.Equal((outcome, status, 1), (result.Outcome, result.StatusCode, result.Attempts));
        Assert.Equal(isTransient, result.IsTransient);
        Assert.Null(result.RetryAfter);
        Assert.Single(provider.Requests);
        Assert.Empty(_time.Delays);
    }

    [Fact]
    public async Task NotifyOnceAsync_NoConnection_IsNotRepeated()
    {
        var provider = new MockProvider(_time, (_, _) => throw new HttpRequestException("refused"));
        await using var host = Create(provider);

        var result = await NotifyOnceAsync(host);

        Assert.Equal((NotificationOutcome.Unreachable, 1), (result.Outcome, result.Attempts));
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task NotifyOnceAsync_ProviderHangs_IsUnreachableAfterTheAttemptTimeout()
    {
        var provider = new MockProvider(_time, MockProvider.Hang);
        await using var host = Create(provider);

        var delivery = NotifyOnceAsync(host);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the attempt has been made");
        _time.Advance(TimeSpan.FromSeconds(10));
        var result = await delivery;

        Assert.Equal((NotificationOutcome.Unreachable, 1), (result.Outcome, result.Attempts));
        Assert.IsType<TimeoutException>(result.Exception);
        Assert.Equal(TimeSpan.FromSeconds(10), result.Duration);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("3600")]
    public async Task NotifyOnceAsync_RetryAfter_IsReported(string seconds)
    {
        var provider = new MockProvider(_time, MockProvider.Respond(HttpStatusCode.ServiceUnavailable, ("Retry-After", seconds)));
        await using var host = Create(provider);

        var result = await NotifyOnceAsync(host);

        Assert.Equal(1, result.Attempts);
        Assert.Equal(TimeSpan.FromSeconds(int.Parse(seconds, null)), result.RetryAfter);
    }

    [Theory]
    [InlineData(30_000, 100)]
    [InlineData(50, 50)]
    public async Task NotifyOnceAsync_NoFreeSlotForAWhile_IsSuspended(double totalTimeout, double wait)
    {
        var gate = new TaskCompletionSource();
        var provider = new MockProvider(_time, async (_, _) =>
        {
            await gate.Task;
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        });
        await using var host = Create(provider, options =>
        {
            (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 10);
            options.TotalTimeout = TimeSpan.FromMilliseconds(totalTimeout);
        });
        var running = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the slot is taken");

        var waiting = NotifyOnceAsync(host);
        _time.Advance(TimeSpan.FromMilliseconds(wait - 1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var result = await waiting;

        Assert.Equal((NotificationOutcome.Suspended, 0), (result.Outcome, result.Attempts));
        Assert.True(result.IsTransient);
        gate.SetResult();
        await running;
    }

    [Fact]
    public async Task NotifyOnceAsync_LastWaitTimedOut_OneWaitsAndOthersDoNot()
    {
        var gate = new TaskCompletionSource();
        var provider = new MockProvider(_time, async (_, _) =>
        {
            await gate.Task;
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        });
        await using var host = Create(provider, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 10));
        var running = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the slot is taken");
        Task<NotificationResult>[] waiting = [NotifyOnceAsync(host), NotifyOnceAsync(host)];
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(NotificationOutcome.Suspended, result.Outcome));

        var one = NotifyOnceAsync(host);
        var other = await NotifyOnceAsync(host);

        Assert.False(one.IsCompleted);
        Assert.Equal((NotificationOutcome.Suspended, 0), (other.Outcome, other.Attempts));
        gate.SetResult();
        Assert.Equal(NotificationOutcome.Delivered, (await running).Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await one).Outcome);
    }

    [Fact]
    public async Task NotifyOnceAsync_AWaitHasSucceededSince_SeveralMayWaitAgain()
    {
        using var answers = new SemaphoreSlim(0);
        var provider = new MockProvider(_time, async (_, cancellationToken) =>
        {
            await answers.WaitAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        });
        await using var host = Create(provider, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 10));
        var running = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the slot is taken");
        var late = NotifyOnceAsync(host);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(NotificationOutcome.Suspended, (await late).Outcome);
        var inTime = NotifyOnceAsync(host);
        answers.Release();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2, "the one that waits has got its slot");

        Task<NotificationResult>[] waiting = [NotifyOnceAsync(host), NotifyOnceAsync(host)];

        answers.Release(3);
        Assert.All(
            await Task.WhenAll([running, inTime, .. waiting]), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyOnceAsync_FailsAgainAndAgain_OpensTheCircuit()
    {
        var provider = new MockProvider(_time, HttpStatusCode.ServiceUnavailable);
        await using var host = Create(provider, options => options.CircuitBreaker.MinimumThroughput = 2);

        await NotifyOnceAsync(host);
        await NotifyOnceAsync(host);
        var suspended = await NotifyOnceAsync(host);

        Assert.Equal((NotificationOutcome.Suspended, 0), (suspended.Outcome, suspended.Attempts));
        Assert.Equal(TimeSpan.FromSeconds(30), suspended.RetryAfter);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyOnceAsync_ThenNotifyAsync_RepeatsAgain()
    {
        // The settings of one call must not be left to the next one.
        var provider = new MockProvider(
            _time, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.NoContent);
        await using var host = Create(provider, options => options.Retry.Delay = TimeSpan.Zero);

        var once = await NotifyOnceAsync(host);
        var repeated = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Rejected, 1), (once.Outcome, once.Attempts));
        Assert.Equal((NotificationOutcome.Delivered, 2), (repeated.Outcome, repeated.Attempts));
    }

    [Fact]
    public async Task NotifyOnceAsync_WrongArguments_Throws()
    {
        await using var host = Create(new MockProvider(_time, HttpStatusCode.NoContent));

        await Assert.ThrowsAsync<ArgumentNullException>("invitation", () => host.Notifier.NotifyOnceAsync(null!));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => host.Notifier.NotifyOnceAsync(NotifierHost.Invitation, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task NotifyOnceAsync_ImplementationWithoutIt_DeliversAsNotifyAsyncDoes()
    {
        var fake = new Fake();
        using var caller = new CancellationTokenSource();

        var result = await ((IInvitationNotifier)fake).NotifyOnceAsync(NotifierHost.Invitation, caller.Token);

        Assert.Equal(7, result.Attempts);
        Assert.Equal((NotifierHost.Invitation, caller.Token), fake.Given);
    }

    private static Task<NotificationResult> NotifyOnceAsync(NotifierHost host) =>
        host.Notifier.NotifyOnceAsync(NotifierHost.Invitation).WaitAsync(Eventually.Limit);

    private NotifierHost Create(MockProvider provider, Action<InvitationNotifierOptions>? configure = null) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            configure?.Invoke(options);
        },
        provider.Handler,
        _time);

    private sealed class Fake : IInvitationNotifier
    {
        public (Invitation, CancellationToken) Given { get; private set; }

        public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
        {
            Given = (invitation, cancellationToken);
            return Task.FromResult(new NotificationResult { Outcome = NotificationOutcome.Delivered, Attempts = 7 });
        }
    }
}
