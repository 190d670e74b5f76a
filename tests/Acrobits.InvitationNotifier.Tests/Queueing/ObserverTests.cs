using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>Observers learn of each delivery of the queue once, and what follows it.</summary>
public sealed class ObserverTests
{
    private static readonly RedeliverySchedule OneRedelivery = new(TimeSpan.FromSeconds(5));

    private readonly SkippingTime _time = new();
    private readonly RecordingObserver _observer = new();

    [Theory]
    [InlineData("real")]
    [InlineData("decorated")]
    [InlineData("decorated twice")]
    public async Task EnqueueAsync_FailsAndIsGivenUp_EachDeliveryIsReportedOnce(string notifier)
    {
        var provider = new MockProvider(_time, HttpStatusCode.ServiceUnavailable);
        await using var host = QueueHost.Create(
            services =>
            {
                services.Observe(_observer).AddInvitationNotifier(options =>
                {
                    options.InvitationCreatedUrl = MockProvider.Url;
                    options.Retry.MaxRetryAttempts = 0;
                }).ConfigurePrimaryHttpMessageHandler(() => provider.Handler);
                if (notifier != "real")
                {
                    Decorate(services);
                    _ = notifier == "decorated twice" ? Decorate(services) : services;
                }
            },
            options => options.Redelivery = OneRedelivery,
            _time);
        await host.StartAsync();

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => host.Dropped.Count == 1, "given up");
        Assert.Equal([(1, NotificationProgress.Deferred), (2, NotificationProgress.GivenUp)], _observer.Course);
        Assert.All(_observer.Reports, report => Assert.Equal(HttpStatusCode.ServiceUnavailable, report.Result!.StatusCode));
        Assert.Equal([_observer.Reports[0].Time + TimeSpan.FromSeconds(5), null], _observer.Reports.Select(report => report.NextDelivery));
        Assert.Single(_observer.Reports.Select(report => report.Invitation.Id!).Distinct());
    }

    [Fact]
    public async Task EnqueueAsync_ReplacedNotifier_EachDeliveryIsReportedWithItsResult()
    {
        await using var host = await StartAsync(ScriptedNotifier.Answering(_time, ScriptedNotifier.Failed, ScriptedNotifier.Delivered));

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => host.Waiting + host.Deferred == 0, "delivered");
        Assert.Equal([(1, NotificationProgress.Deferred), (2, NotificationProgress.Completed)], _observer.Course);
        Assert.Equal([ScriptedNotifier.Failed, ScriptedNotifier.Delivered], _observer.Reports.Select(report => report.Result));
    }

    [Fact]
    public async Task EnqueueAsync_ConcurrencyLimit_DeliveriesAreNumberedThoughTheScheduleDoesNotCountThem()
    {
        var busy = new NotificationResult { Outcome = NotificationOutcome.Suspended };
        await using var host = await StartAsync(ScriptedNotifier.Answering(_time, busy, busy, ScriptedNotifier.Delivered));

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => host.Waiting == 0, "delivered");
        Assert.Equal(
            [(1, NotificationProgress.Deferred), (2, NotificationProgress.Deferred), (3, NotificationProgress.Completed)], _observer.Course);
        Assert.All(_observer.Reports.Take(2), report => Assert.InRange(
            report.NextDelivery!.Value - report.Time, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task EnqueueAsync_NotifierThrows_IsReportedWithoutResult()
    {
        await using var host = await StartAsync(new ScriptedNotifier((_, _) => throw new InvalidOperationException(), _time));

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => host.Dropped.Count == 1, "given up");
        Assert.Equal([(1, NotificationProgress.Deferred), (2, NotificationProgress.GivenUp)], _observer.Course);
        Assert.All(_observer.Reports, report => Assert.Null(report.Result));
    }

    [Fact]
    public async Task EnqueueAsync_RedeliveryCapacityFull_IsReportedAsDropped()
    {
        var time = new SkippingTime { IsSkipping = false };
        await using var host = await StartAsync(
            ScriptedNotifier.Answering(time, ScriptedNotifier.Failed), options => options.CapacityPerNetwork = 1, time);
        await host.EnqueueAsync("a");
        await host.BecomesAsync(host => host.Deferred == 1, "the first waits");

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => host.Dropped.Count == 1, "the second is dropped");
        var report = _observer.Reports[1];
        Assert.Equal((1, NotificationProgress.Dropped, ScriptedNotifier.Failed), (report.Delivery, report.Progress, report.Result));
    }

    [Fact]
    public async Task StopAsync_RedeliveryWaits_IsReportedAsDropped()
    {
        var time = new SkippingTime { IsSkipping = false };
        await using var host = await StartAsync(ScriptedNotifier.Answering(time, ScriptedNotifier.Failed), time: time);
        for (var i = 0; i < 100; i++)
        {
            await host.EnqueueAsync("a", $"{i}");
        }

        await host.BecomesAsync(host => host.Deferred == 100, "all wait");
        await host.StopAsync();

        Assert.Equal(100, host.Dropped.Count);
        Assert.All(
            _observer.Reports.GroupBy(report => report.Invitation.Id),
            reports => Assert.Equal(
                [(1, NotificationProgress.Deferred), (2, NotificationProgress.Dropped)],
                reports.Select(report => (report.Delivery, report.Progress))));
        Assert.Equal(200, _observer.Reports.Count);
    }

    [Fact]
    public async Task StopAsync_FirstDeliveryFailsMeanwhile_IsReportedOnceAsDropped()
    {
        var gate = new TaskCompletionSource();
        var notifier = new ScriptedNotifier(async (_, _) =>
        {
            await gate.Task;
            return ScriptedNotifier.Failed;
        });
        await using var host = await StartAsync(notifier);
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => notifier.Deliveries.Count == 1, "under way");

        var stopping = host.StopAsync();
        gate.SetResult();
        await stopping;

        var report = Assert.Single(_observer.Reports);
        Assert.Equal((1, NotificationProgress.Dropped, ScriptedNotifier.Failed), (report.Delivery, report.Progress, report.Result));
    }

    [Fact]
    public async Task StopAsync_TimeoutElapsed_EachThatIsLeftIsReportedOnceAsDropped()
    {
        var notifier = new ScriptedNotifier(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return ScriptedNotifier.Delivered;
        });
        await using var host = await StartAsync(notifier, options => options.MaxConcurrentDeliveriesPerNetwork = 1);
        await host.EnqueueAsync("a", "1");
        await host.EnqueueAsync("a", "2");
        await host.BecomesAsync(_ => notifier.Deliveries.Count == 1, "one is under way");

        await host.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal([(1, NotificationProgress.Dropped), (1, NotificationProgress.Dropped)], _observer.Course);
        Assert.Equal(2, _observer.Reports.Select(report => report.Invitation.Id).Distinct().Count());
    }

    [Fact]
    public async Task StopAsync_ObserverIsBusy_IsWaitedFor()
    {
        var gate = new TaskCompletionSource();
        var observer = new RecordingObserver(async (_, _) => await gate.Task);
        await using var host = QueueHost.Create(
            services => services.Observe(observer).AddSingleton<IInvitationNotifier>(ScriptedNotifier.Answering(ScriptedNotifier.Delivered)));
        await host.StartAsync();
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => observer.Reports.Count == 1, "reported");

        var stopping = host.StopAsync();

        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping;
    }

    [Fact]
    public async Task EnqueueAsync_ObserverIsSlow_NextDeliveryIsWhenTheReportSays()
    {
        var time = new SkippingTime { IsSkipping = false };
        var gate = new TaskCompletionSource();
        var observer = new RecordingObserver(async (report, _) => await (report.Delivery == 1 ? gate.Task : Task.CompletedTask));
        var notifier = ScriptedNotifier.Answering(time, ScriptedNotifier.Failed, ScriptedNotifier.Delivered);
        await using var host = QueueHost.Create(
            services => services.Observe(observer).AddSingleton<IInvitationNotifier>(notifier), options => options.Redelivery = OneRedelivery, time);
        await host.StartAsync();
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => observer.Reports.Count == 1, "reported");

        time.Advance(TimeSpan.FromSeconds(2));
        gate.SetResult();
        await host.BecomesAsync(_ => time.Delays.Contains(3), "the rest of the delay has begun");
        time.Advance(TimeSpan.FromSeconds(3));

        await host.BecomesAsync(host => host.Deferred == 0, "delivered");
        Assert.Equal(observer.Reports[0].NextDelivery, notifier.Deliveries[1].Start);
    }

    [Fact]
    public async Task EnqueueAsync_ObserverFails_NothingIsLost()
    {
        var observer = new RecordingObserver((_, _) => throw new InvalidOperationException());
        await using var host = QueueHost.Create(
            services => services.Observe(observer)
                .AddSingleton<IInvitationNotifier>(ScriptedNotifier.Answering(ScriptedNotifier.Failed, ScriptedNotifier.Delivered)),
            options => options.Redelivery = new(TimeSpan.Zero));
        await host.StartAsync();

        await host.EnqueueAsync("a");

        await host.BecomesAsync(host => host.Waiting + host.Deferred == 0, "delivered");
        Assert.Equal([(1, NotificationProgress.Deferred), (2, NotificationProgress.Completed)], observer.Course);
        Assert.Equal(2, host.Logged(50).Count);
        Assert.Empty(host.Dropped);
    }

    private async Task<QueueHost> StartAsync(
        IInvitationNotifier notifier, Action<InvitationQueueOptions>? configure = null, TimeProvider? time = null)
    {
        var host = QueueHost.Create(
            services => services.Observe(_observer).AddSingleton(notifier),
            options =>
            {
                options.Redelivery = OneRedelivery;
                configure?.Invoke(options);
            },
            time ?? _time);
        await host.StartAsync();
        return host;
    }

    // As an application decorates a service by hand.
    private static IServiceCollection Decorate(IServiceCollection services)
    {
        var inner = services.Last(service => service.ServiceType == typeof(IInvitationNotifier));
        return services.AddTransient<IInvitationNotifier>(
            provider => new Decorator((IInvitationNotifier)inner.ImplementationFactory!(provider)));
    }

    private sealed class Decorator(IInvitationNotifier inner) : IInvitationNotifier
    {
        public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
            Task.Run(() => inner.NotifyAsync(invitation with { }, cancellationToken), cancellationToken);
    }
}
