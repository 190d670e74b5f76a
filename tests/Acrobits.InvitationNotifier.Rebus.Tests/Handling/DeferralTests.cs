using System.Net;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Acrobits.InvitationNotifier.Rebus.Wiring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

public sealed class DeferralTests
{
    private static readonly RedeliverySchedule Schedule = new(
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromHours(3));

    // A transport may cut off what is less than a second.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    private readonly InMemoryBus _bus = new();

    [Theory]
    [InlineData(NotificationOutcome.Unreachable, null)]
    [InlineData(NotificationOutcome.Suspended, null)]
    [InlineData(NotificationOutcome.Rejected, 408)]
    [InlineData(NotificationOutcome.Rejected, 429)]
    [InlineData(NotificationOutcome.Rejected, 500)]
    [InlineData(NotificationOutcome.Rejected, 503)]
    public async Task Handle_TransientOutcome_IsDeferred(NotificationOutcome outcome, int? status)
    {
        await using var host = await _bus.StartAsync(
            new FakeNotifier(new NotificationResult
            {
                Outcome = outcome,
                StatusCode = (HttpStatusCode?)status,
                RetryAfter = TimeSpan.FromSeconds(1),
            }),
            Schedule);

        await host.EnqueueAsync(Samples.Invitation);

        Assert.Equal(TimeSpan.FromSeconds(5), await NextDelayAsync());
        Assert.Empty(_bus.Failed);
    }

    [Fact]
    public async Task Handle_FailsAgainAndAgain_FollowsTheScheduleAndCounts()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Unreachable);
        await using var host = await _bus.StartAsync(notifier, Schedule);
        await host.EnqueueAsync(Samples.Invitation);

        for (var redelivery = 0; redelivery < Schedule.Delays.Count; redelivery++)
        {
            Assert.Equal(Schedule.Delays[redelivery], await NextDelayAsync());
            Assert.Equal($"{redelivery + 1}", _bus.Deferred[0].Headers[Headers.DeferCount]);
            Assert.Equal(redelivery + 1, notifier.Invitations.Count);
            _bus.Time.Advance(Schedule.Delays[redelivery] + Rounding);
            await notifier.UntilCalledAsync(redelivery + 2);
        }

        await _bus.UntilFailedAsync();
        var log = Assert.Single(host.Logs, record => record.Id.Id == 41);
        Assert.Equal(
            $"Network mynetwork, created invitation {log.GetStructuredStateValue("InvitationId")}: is a dead letter, because 4 deliveries failed and the redelivery schedule is "
                + "exhausted. Earlier events of the network say why.",
            log.Message);
        Assert.Equal(LogLevel.Warning, log.Level);
        Assert.Equal([1, 2, 3], host.Logs.Where(record => record.Id.Id == 40).Select(record =>
            int.Parse(record.GetStructuredStateValue("Delivery")!, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Handle_NotYetDue_IsNotDelivered()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Unreachable);
        await using (var host = await _bus.StartAsync(notifier, Schedule))
        {
            await host.EnqueueAsync(Samples.Invitation);
            await _bus.UntilDeferredAsync();

            _bus.Time.Advance(TimeSpan.FromSeconds(5));

            // Ten times as long as Rebus takes to look.
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        Assert.Single(notifier.Invitations);
    }

    [Theory]
    [InlineData(3, 5, 5)]
    [InlineData(60, 60, 120)]
    [InlineData(1_000_000, 86_400, 86_460)]
    public async Task Handle_RetryAfter_LengthensTheDelayAndNeverShortensIt(int retryAfter, int least, int most)
    {
        await using var host = await _bus.StartAsync(
            new FakeNotifier(new NotificationResult
            {
                Outcome = NotificationOutcome.Rejected,
                StatusCode = HttpStatusCode.ServiceUnavailable,
                RetryAfter = TimeSpan.FromSeconds(retryAfter),
            }),
            Schedule);

        await host.EnqueueAsync(Samples.Invitation);

        Assert.InRange(await NextDelayAsync(), TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
    }

    [Fact]
    public async Task Handle_NoFreePlaceAtTheDestination_IsDeferredForShortAndTheScheduleIsNotUsed()
    {
        var suspended = new NotificationResult { Outcome = NotificationOutcome.Suspended };
        var unreachable = new NotificationResult { Outcome = NotificationOutcome.Unreachable };
        NotificationResult[] results = [suspended, unreachable, suspended, suspended, unreachable];
        var notifier = new FakeNotifier(results);
        await using var host = await _bus.StartAsync(notifier, new RedeliverySchedule(TimeSpan.FromHours(1)));

        await host.EnqueueAsync(Samples.Invitation);

        foreach (var (delivery, result) in results.SkipLast(1).Index())
        {
            var delay = await NextDelayAsync();
            Assert.InRange(
                delay,
                result == suspended ? TimeSpan.FromSeconds(5) : TimeSpan.FromHours(1),
                result == suspended ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1));
            Assert.Equal(delivery == 0 ? "0" : "1", _bus.Deferred[0].Headers[Headers.DeferCount]);
            _bus.Time.Advance(delay + Rounding);
            await notifier.UntilCalledAsync(delivery + 2);
        }

        await _bus.UntilFailedAsync();
        Assert.Contains("2 deliveries failed; the redelivery schedule is exhausted.", _bus.Failed[0].Headers[Headers.ErrorDetails], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_TransportDefersExactly_DueTimeIsTheOneThatObserversWereTold()
    {
        var observer = new SlowObserver(_bus.Time);
        await using var host = await _bus.StartAsync(
            services => services
                .AddSingleton<IInvitationNotifier>(new FakeNotifier(NotificationOutcome.Unreachable))
                .AddSingleton(DeferralRounding.None)
                .AddSingleton<INotificationObserver>(observer),
            Schedule);

        await host.EnqueueAsync(Samples.Invitation);
        await _bus.UntilDeferredAsync();

        Assert.Equal(observer.NextDelivery, _bus.Deferred[0].DueTime);
    }

    [Fact]
    public async Task Handle_SucceedsLater_IsDeliveredAndGone()
    {
        var notifier = new FakeNotifier(
            new NotificationResult { Outcome = NotificationOutcome.Unreachable },
            new NotificationResult { Outcome = NotificationOutcome.Delivered });
        await using (var host = await _bus.StartAsync(notifier, Schedule))
        {
            await host.EnqueueAsync(Samples.Invitation);
            await _bus.UntilDeferredAsync();
            _bus.Time.Advance(TimeSpan.FromSeconds(6));
            await notifier.UntilCalledAsync(2);
        }

        Assert.Empty(_bus.Deferred);
        Assert.Equal(0, _bus.Network.Count());
    }

    [Fact]
    public async Task Handle_ClockLeapsADay_IsDeliveredOnce()
    {
        var notifier = new FakeNotifier(
            new NotificationResult { Outcome = NotificationOutcome.Unreachable },
            new NotificationResult { Outcome = NotificationOutcome.Delivered });
        await using (var host = await _bus.StartAsync(notifier, Schedule))
        {
            await host.EnqueueAsync(Samples.Invitation);
            await _bus.UntilDeferredAsync();

            _bus.Time.Advance(TimeSpan.FromDays(1));

            await notifier.UntilCalledAsync(2);
            await Task.Delay(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal(2, notifier.Invitations.Count);
        Assert.Equal(0, _bus.Network.Count());
    }

    private sealed class SlowObserver(FakeTimeProvider time) : INotificationObserver
    {
        public DateTimeOffset? NextDelivery { get; private set; }

        public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
        {
            NextDelivery = report.NextDelivery;
            time.Advance(TimeSpan.FromSeconds(3));
            return default;
        }
    }

    // By how much the one message is deferred.
    private async Task<TimeSpan> NextDelayAsync()
    {
        await _bus.UntilDeferredAsync();
        return _bus.Deferred[0].DueTime - _bus.Time.GetUtcNow() - Rounding;
    }
}
