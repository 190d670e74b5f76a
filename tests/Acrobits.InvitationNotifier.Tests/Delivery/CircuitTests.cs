using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>A failing destination is left alone for a while.</summary>
public sealed class CircuitTests
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(null)]
    public async Task NotifyAsync_CircuitIsOpen_IsSuspendedUntilTheBreakIsOver(HttpStatusCode? failure)
    {
        var time = new FakeTimeProvider();
        var isHealthy = false;
        var provider = new MockProvider(time, (_, _) => Task.FromResult(new HttpResponseMessage(
            isHealthy ? HttpStatusCode.NoContent : failure ?? throw new HttpRequestException("refused"))));
        await using var host = Create(provider, time);

        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        var suspended = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Suspended, suspended.Outcome);
        Assert.True(suspended.IsTransient);
        Assert.Equal(0, suspended.Attempts);
        Assert.Null(suspended.StatusCode);
        Assert.NotNull(suspended.Exception);
        Assert.Equal(TimeSpan.FromSeconds(20), suspended.RetryAfter);
        Assert.Equal(2, provider.Requests.Count);

        isHealthy = true;
        time.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
        }
    }

    [Fact]
    public async Task NotifyAsync_StillFailingAfterTheBreak_OneAttemptIsMadeAndTheNextBreakBegins()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(time, HttpStatusCode.BadGateway);
        await using var host = Create(provider, time);

        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(Break);
        var probe = await host.NotifyAsync();
        var suspended = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Rejected, 1), (probe.Outcome, probe.Attempts));
        Assert.Equal((NotificationOutcome.Suspended, 0), (suspended.Outcome, suspended.Attempts));
        Assert.Equal(Break, suspended.RetryAfter);
        Assert.Equal(3, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_CircuitOpensBetweenAttempts_LastAnswerIsReportedWithTheRestOfTheBreak()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.ServiceUnavailable);
        await using var host = Create(provider, time, maxRetryAttempts: 3);

        var result = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Rejected, 2), (result.Outcome, result.Attempts));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, result.StatusCode);
        Assert.Equal(Break - TimeSpan.FromSeconds(2), result.RetryAfter);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.NotImplemented)]
    public async Task NotifyAsync_FinalAnswers_DoNotOpenTheCircuit(HttpStatusCode status)
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(time, status);
        await using var host = Create(provider, time);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(NotificationOutcome.Rejected, (await host.NotifyAsync()).Outcome);
        }

        Assert.Equal(20, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_CircuitIsOpen_OtherDestinationsAreServed()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(time, (request, _) => Task.FromResult(new HttpResponseMessage(
            request.RequestUri!.Host == "bad.example" ? HttpStatusCode.InternalServerError : HttpStatusCode.NoContent)));
        await using var host = Create(provider, time);
        var bad = new Invitation("1", "2", "bad");

        await host.NotifyAsync(bad);
        await host.NotifyAsync(bad);
        var suspended = await host.NotifyAsync(bad);
        var delivered = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Suspended, suspended.Outcome);
        Assert.Equal(NotificationOutcome.Delivered, delivered.Outcome);
    }

    [Fact]
    public async Task NotifyAsync_CallerCancelsTheAttemptAfterTheBreak_TheCircuitStaysOpen()
    {
        // An attempt that nobody waited for proves nothing in the destination's favour.
        var time = new FakeTimeProvider();
        var provider = new MockProvider(
            time,
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Hang,
            MockProvider.Respond(HttpStatusCode.NoContent));
        await using var host = Create(provider, time);
        using var caller = new CancellationTokenSource();

        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(Break);
        var probe = host.NotifyAsync(null, caller.Token);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 3, "the attempt has been made");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        var next = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Suspended, next.Outcome);
        Assert.Equal(3, provider.Requests.Count);
        time.Advance(Break);
        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
    }

    [Theory]
    [InlineData(HttpStatusCode.NoContent, NotificationOutcome.Delivered)]
    [InlineData(HttpStatusCode.ServiceUnavailable, NotificationOutcome.Rejected)]
    public async Task NotifyAsync_AnsweredAfterTheCircuitHasOpened_IsReportedAndTheBreakTakesItsTime(
        HttpStatusCode late, NotificationOutcome outcome)
    {
        var time = new FakeTimeProvider();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var provider = new MockProvider(
            time,
            (_, _) => answer.Task,
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Respond(HttpStatusCode.NoContent));
        await using var host = Create(provider, time);

        var slow = host.NotifyAsync();
        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        answer.SetResult(new HttpResponseMessage(late));
        var result = await slow;
        var suspended = await host.NotifyAsync();
        time.Advance(Break - TimeSpan.FromSeconds(5));
        var next = await host.NotifyAsync();

        Assert.Equal((outcome, late), (result.Outcome, result.StatusCode));
        Assert.Equal((NotificationOutcome.Suspended, Break - TimeSpan.FromSeconds(5)), (suspended.Outcome, suspended.RetryAfter));
        Assert.Equal(NotificationOutcome.Delivered, next.Outcome);
    }

    [Theory]
    [InlineData(HttpStatusCode.NoContent)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task NotifyAsync_AnsweredAfterTheBreak_TheNextAttemptDecides(HttpStatusCode late)
    {
        // What began before the circuit opened tells nothing of how the destination is now.
        var time = new FakeTimeProvider();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var provider = new MockProvider(
            time,
            (_, _) => answer.Task,
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Respond(late == HttpStatusCode.NoContent ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.NoContent));
        await using var host = Create(provider, time, configure: options =>
            (options.AttemptTimeout, options.TotalTimeout) = (3 * Break, 3 * Break));

        var slow = host.NotifyAsync();
        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(Break + TimeSpan.FromSeconds(1));
        answer.SetResult(new HttpResponseMessage(late));
        Assert.Equal(late, (await slow).StatusCode);
        var probe = await host.NotifyAsync();
        var next = await host.NotifyAsync();

        Assert.Equal(1, probe.Attempts);
        Assert.Equal(
            late == HttpStatusCode.NoContent ? NotificationOutcome.Suspended : NotificationOutcome.Delivered, next.Outcome);
    }

    [Fact]
    public async Task NotifyAsync_TotalTimeoutCutsAnAttempt_CountsAgainstTheDestination()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, MockProvider.Hang);
        await using var host = Create(provider, time, maxRetryAttempts: 1, options =>
        {
            (options.AttemptTimeout, options.TotalTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));
            options.Retry.Delay = TimeSpan.Zero;
        });

        var delivery = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the first attempt");
        time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2, "the second attempt");
        time.Advance(TimeSpan.FromSeconds(5));
        await delivery;

        Assert.Equal(NotificationOutcome.Suspended, (await host.NotifyAsync()).Outcome);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_ProbeTakesLongerThanTheBreak_RetryAfterIsNotNegative()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(
            time,
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Respond(HttpStatusCode.ServiceUnavailable),
            MockProvider.Hang);
        await using var host = Create(provider, time, configure: options =>
            (options.AttemptTimeout, options.TotalTimeout) = (3 * Break, 3 * Break));

        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(Break);
        var probe = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 3, "the probe is under way");
        time.Advance(2 * Break);
        var suspended = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Suspended, TimeSpan.Zero), (suspended.Outcome, suspended.RetryAfter));
        time.Advance(Break);
        await probe;
    }

    [Theory]
    [InlineData(26, true)]
    [InlineData(30, false)]
    public async Task NotifyAsync_FailuresFarApart_OpenTheCircuitOnlyWithinTheSamplingDuration(int seconds, bool opens)
    {
        var time = new FakeTimeProvider();
        await using var host = Create(new MockProvider(time, HttpStatusCode.BadGateway), time);

        await host.NotifyAsync();
        time.Advance(TimeSpan.FromSeconds(seconds));
        await host.NotifyAsync();

        Assert.Equal(opens ? NotificationOutcome.Suspended : NotificationOutcome.Rejected, (await host.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_FailuresGoOn_OlderOnesAreForgottenOneByOne()
    {
        var time = new FakeTimeProvider();
        await using var host = Create(
            new MockProvider(time, HttpStatusCode.BadGateway), time, configure: options => options.CircuitBreaker.MinimumThroughput = 3);

        // Never more than two within 30 seconds.
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(NotificationOutcome.Rejected, (await host.NotifyAsync()).Outcome);
            time.Advance(TimeSpan.FromSeconds(16));
        }

        await host.NotifyAsync();
        await host.NotifyAsync();
        Assert.Equal(NotificationOutcome.Suspended, (await host.NotifyAsync()).Outcome);
    }

    [Theory]
    [InlineData("+ + - -", true)]
    [InlineData("- - + +", false)]
    [InlineData("+ + + - -", false)]
    [InlineData("+ + + - - -", true)]
    [InlineData("- - -", false)]
    [InlineData("- - - -", true)]
    [InlineData("- - ~ ~ ~ ~ ~ - -", true)]
    public async Task NotifyAsync_SomeAttemptsFail_TheRatioAtAFailureDecides(string answers, bool opens)
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(time, [.. answers.Split(' ').Select(answer =>
            MockProvider.Respond(answer switch
            {
                "+" => HttpStatusCode.NoContent,
                "~" => HttpStatusCode.TooManyRequests,
                _ => HttpStatusCode.BadGateway,
            }))]);
        await using var host = Create(provider, time, configure: options =>
            (options.CircuitBreaker.MinimumThroughput, options.CircuitBreaker.FailureRatio) = (4, 0.5));

        foreach (var _ in answers.Split(' '))
        {
            Assert.NotEqual(NotificationOutcome.Suspended, (await host.NotifyAsync()).Outcome);
        }

        Assert.Equal(opens, (await host.NotifyAsync()).Outcome == NotificationOutcome.Suspended);
    }

    [Fact]
    public async Task NotifyAsync_ProbesFail_OneFollowsAfterEachBreak()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(time, HttpStatusCode.BadGateway);
        await using var host = Create(provider, time);
        await host.NotifyAsync();
        await host.NotifyAsync();

        for (var probes = 1; probes < 4; probes++)
        {
            time.Advance(Break);
            Assert.Equal(NotificationOutcome.Rejected, (await host.NotifyAsync()).Outcome);
            Assert.Equal(NotificationOutcome.Suspended, (await host.NotifyAsync()).Outcome);
        }
    }

    [Fact]
    public async Task NotifyAsync_ProbeFailsLate_TheNextBreakBeginsThen()
    {
        var time = new FakeTimeProvider();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        var provider = new MockProvider(
            time, MockProvider.Respond(HttpStatusCode.BadGateway), MockProvider.Respond(HttpStatusCode.BadGateway), (_, _) => answer.Task);
        await using var host = Create(provider, time);
        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(Break);
        var probe = host.NotifyAsync();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 3, "the probe is under way");
        time.Advance(TimeSpan.FromSeconds(5));
        answer.SetResult(new HttpResponseMessage(HttpStatusCode.BadGateway));
        await probe;

        Assert.Equal(Break, (await host.NotifyAsync()).RetryAfter);
    }

    [Fact]
    public async Task NotifyAsync_PauseOutlastsTheBreak_EachInvitationIsToldOfThePause()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(
            time, MockProvider.Respond(HttpStatusCode.BadGateway), MockProvider.Respond(HttpStatusCode.ServiceUnavailable, ("Retry-After", "90")));
        await using var host = Create(provider, time);
        await host.NotifyAsync();
        await host.NotifyAsync();

        for (var i = 0; i < 3; i++)
        {
            var suspended = await host.NotifyAsync();
            Assert.Equal((NotificationOutcome.Suspended, TimeSpan.FromSeconds(90)), (suspended.Outcome, suspended.RetryAfter));
            Assert.Contains("Retry-After", suspended.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task NotifyAsync_BreakOutlastsThePause_NamesTheBreak()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(
            time, MockProvider.Respond(HttpStatusCode.BadGateway), MockProvider.Respond(HttpStatusCode.ServiceUnavailable, ("Retry-After", "20")));
        await using var host = Create(provider, time);
        await host.NotifyAsync();
        await host.NotifyAsync();

        var suspended = await host.NotifyAsync();

        Assert.Equal(Break, suspended.RetryAfter);
        Assert.StartsWith("Too many attempts failed", suspended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_NetworksConfigureTheSameUrl_EachHasItsOwnCircuit()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(time, HttpStatusCode.BadGateway);
        await using var host = Create(provider, time, configure: options =>
            options.Networks["twin"] = new() { InvitationCreatedUrl = "http://bad.example/" });

        await host.NotifyAsync(new Invitation("1", "2", "bad"));
        await host.NotifyAsync(new Invitation("1", "2", "bad"));

        Assert.Equal(NotificationOutcome.Suspended, (await host.NotifyAsync(new Invitation("1", "2", "bad"))).Outcome);
        Assert.Equal(NotificationOutcome.Rejected, (await host.NotifyAsync(new Invitation("1", "2", "twin"))).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_NetworksOfTheDefaultEndpoint_ShareItsCircuit()
    {
        var time = new FakeTimeProvider();
        await using var host = Create(new MockProvider(time, HttpStatusCode.BadGateway), time);

        await host.NotifyAsync(new Invitation("1", "2", "one"));
        await host.NotifyAsync(new Invitation("1", "2", "another"));

        Assert.Equal(NotificationOutcome.Suspended, (await host.NotifyAsync(new Invitation("1", "2", "third"))).Outcome);
    }

    // It says nothing of the web service's health, and the operator is to see the reason.
    [Fact]
    public async Task NotifyAsync_AddressIsForbidden_DoesNotOpenTheCircuit()
    {
        await using var host = NotifierHost.Create(
            options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.CircuitBreaker.MinimumThroughput = 2;
            },
            resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1")]));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(NotificationOutcome.Blocked, (await host.NotifyAsync()).Outcome);
        }
    }

    [Fact]
    public async Task NotifyAsync_CircuitHasClosed_EarlierFailuresAreForgotten()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(
            time,
            HttpStatusCode.BadGateway,
            HttpStatusCode.BadGateway,
            HttpStatusCode.NoContent,
            HttpStatusCode.BadGateway,
            HttpStatusCode.NoContent);
        await using var host = Create(provider, time, configure: options => options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(5));

        await host.NotifyAsync();
        await host.NotifyAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
        Assert.Equal(NotificationOutcome.Rejected, (await host.NotifyAsync()).Outcome);

        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
    }

    private static NotifierHost Create(
        MockProvider provider,
        TimeProvider time,
        int maxRetryAttempts = 0,
        Action<InvitationNotifierOptions>? configure = null) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            options.Networks["bad"] = new() { InvitationCreatedUrl = "http://bad.example/" };
            options.Retry.MaxRetryAttempts = maxRetryAttempts;
            options.CircuitBreaker = new() { MinimumThroughput = 2, BreakDuration = Break };
            configure?.Invoke(options);
        },
        provider.Handler,
        time);
}
