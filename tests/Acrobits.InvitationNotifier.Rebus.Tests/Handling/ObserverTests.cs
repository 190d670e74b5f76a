using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>Observers learn of each delivery before its message is settled.</summary>
public sealed class ObserverTests
{
    private static readonly RedeliverySchedule OneRedelivery = new(TimeSpan.FromSeconds(5));
    private static readonly NotificationResult Failed = new() { Outcome = NotificationOutcome.Unreachable };
    private static readonly NotificationResult Busy = new() { Outcome = NotificationOutcome.Suspended };
    private static readonly NotificationResult Delivered = new() { Outcome = NotificationOutcome.Delivered };

    private readonly InMemoryBus _bus = new();
    private readonly Recorder _recorder = new();

    [Fact]
    public async Task Handle_FailsAndIsGivenUp_EachDeliveryIsReportedOnce()
    {
        await using var host = await StartAsync(new FakeNotifier(Failed));
        await host.EnqueueAsync(Samples.Invitation with { Id = "order-4711" });
        await _bus.UntilDeferredAsync();

        var deferred = Assert.Single(_recorder.Reports);
        Assert.Equal(
            new NotificationReport
            {
                Invitation = Samples.Invitation with { Id = "order-4711" },
                Result = Failed,
                Delivery = 1,
                Progress = NotificationProgress.Deferred,
                Time = _bus.Time.GetUtcNow(),
                NextDelivery = _bus.Time.GetUtcNow() + TimeSpan.FromSeconds(5),
            },
            deferred);
        _bus.Time.Advance(TimeSpan.FromSeconds(6));
        await _bus.UntilFailedAsync();

        Assert.Equal([(1, NotificationProgress.Deferred), (2, NotificationProgress.GivenUp)], _recorder.Course);
        Assert.Null(_recorder.Reports[1].NextDelivery);
    }

    [Fact]
    public async Task Handle_ConcurrencyLimit_DeliveriesAreNumberedThoughTheScheduleDoesNotCountThem()
    {
        await using var host = await StartAsync(new FakeNotifier(Busy, Busy, Delivered));
        await host.EnqueueAsync(Samples.Invitation);
        for (var i = 0; i < 2; i++)
        {
            await _bus.UntilDeferredAsync();
            _bus.Time.Advance(TimeSpan.FromSeconds(62));
            await Eventually.BecomesAsync(() => _recorder.Reports.Count == i + 2, "delivered again");
        }

        Assert.Equal(
            [(1, NotificationProgress.Deferred), (2, NotificationProgress.Deferred), (3, NotificationProgress.Completed)], _recorder.Course);
    }

    [Fact]
    public async Task Handle_NotifierThrows_IsReportedWithoutResult()
    {
        await using var host = await StartAsync(new FakeNotifier((_, _) => throw new InvalidOperationException()));

        await host.EnqueueAsync(Samples.Invitation);
        await _bus.UntilDeferredAsync();

        var report = Assert.Single(_recorder.Reports);
        Assert.Equal((null, NotificationProgress.Deferred), (report.Result, report.Progress));
    }

    [Fact]
    public async Task Handle_DecoratorWithoutNotifyOnce_IsReportedOnce()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = await _bus.StartAsync(services =>
        {
            services.AddSingleton(_recorder).AddNotificationObserver<Observer>().AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = provider.Url("/");
                options.Egress.AllowedRanges = ["127.0.0.0/8"];
            });
            var inner = services.Last(service => service.ServiceType == typeof(IInvitationNotifier));
            services.AddTransient<IInvitationNotifier>(
                services => new Decorator((IInvitationNotifier)inner.ImplementationFactory!(services)));
        });

        await host.EnqueueAsync(Samples.Invitation);
        await Eventually.BecomesAsync(() => _recorder.Reports.Count > 0 && _bus.Network.Count() == 0, "delivered");
        await host.StopAsync();

        Assert.Equal([(1, NotificationProgress.Completed)], _recorder.Course);
        Assert.True(_recorder.Reports[0].Result!.IsSuccess);
    }

    [Fact]
    public async Task Handle_ObserverIsBusy_MessageIsStillInHand()
    {
        await using var host = await StartAsync(new FakeNotifier(Delivered));
        _recorder.Gate = new TaskCompletionSource();
        await host.EnqueueAsync(Samples.Invitation);
        await Eventually.BecomesAsync(() => _recorder.Reports.Count == 1, "reported");

        // What stops now has not completed its message.
        var stopping = Task.Run(host.StopAsync);
        await Task.Delay(TimeSpan.FromSeconds(0.2));
        Assert.False(stopping.IsCompleted);
        _recorder.Gate.SetResult();
        await stopping.WaitAsync(Eventually.Limit);

        Assert.Equal(0, _bus.Network.Count());
    }

    [Fact]
    public async Task Handle_ObserverThrows_NothingIsLostAndItIsLogged()
    {
        await using var host = await _bus.StartAsync(
            services => services.AddNotificationObserver<Broken>().AddSingleton<IInvitationNotifier>(new FakeNotifier(Failed)),
            new RedeliverySchedule());

        await host.EnqueueAsync(Samples.Invitation);
        await _bus.UntilFailedAsync();

        var record = Assert.Single(host.Logs, record => record.Id.Id == 50);
        Assert.Equal("Broken", record.GetStructuredStateValue("Observer"));
        Assert.Contains("1 delivery failed; the redelivery schedule is exhausted.", _bus.Failed[0].Headers[Headers.ErrorDetails], StringComparison.Ordinal);
        Samples.AssertKept(host);
    }

    private Task<BusHost> StartAsync(IInvitationNotifier notifier) => _bus.StartAsync(
        services => services.AddSingleton(_recorder).AddNotificationObserver<Observer>().AddSingleton(notifier), OneRedelivery);

    private sealed class Recorder
    {
        private readonly ConcurrentQueue<NotificationReport> _reports = new();

        public IReadOnlyList<NotificationReport> Reports => [.. _reports];

        public IEnumerable<(int Delivery, NotificationProgress Progress)> Course =>
            Reports.Select(report => (report.Delivery, report.Progress));

        public TaskCompletionSource? Gate { get; set; }

        public async ValueTask AddAsync(NotificationReport report)
        {
            _reports.Enqueue(report);
            await (Gate?.Task ?? Task.CompletedTask);
        }
    }

    private sealed class Observer(Recorder recorder) : INotificationObserver
    {
        public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken) => recorder.AddAsync(report);
    }

    private sealed class Broken : INotificationObserver
    {
        public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken) =>
            throw new InvalidOperationException(report.Invitation.Invitee);
    }

    private sealed class Decorator(IInvitationNotifier inner) : IInvitationNotifier
    {
        public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
            inner.NotifyAsync(invitation, cancellationToken);
    }
}
