using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

[Trait("Category", "postgres")]
public sealed class ObserverTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_DeliveredInTheEnd_EachDeliveryIsReportedOnceAndLogged()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.Status(500), Answers.NoContent);
        var queue = new TestQueue(database);
        var reports = new Reports();
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), register: reports.Register);

        await host.EnqueueAsync(Samples.Invitation with { Id = "order-4711" });

        await reports.UntilAsync(3);
        await queue.UntilEmptyAsync();
        Assert.Equal(
            [(1, NotificationProgress.Deferred, true), (2, NotificationProgress.Deferred, true), (3, NotificationProgress.Completed, false)],
            reports.All.Select(report => (report.Delivery, report.Progress, report.NextDelivery is not null)));
        Assert.All(reports.All, report => Assert.Equal(Samples.Invitation with { Id = "order-4711" }, report.Invitation));

        var entries = await host.Services.GetRequiredService<IDeliveryLog>()
            .QueryAsync(new() { InvitationId = "order-4711" }, TestContext.Current.CancellationToken);
        Assert.Equal([3, 2, 1], entries.Select(entry => entry.Delivery));
        Assert.All(entries, entry => Samples.AssertKept(entry.ToString()));
    }

    [Fact]
    public async Task EnqueueAsync_ScheduleExhausted_IsReportedAsGivenUpBeforeItIsDead()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var queue = new TestQueue(database);
        var reports = new Reports();
        await using var host = await queue.StartAsync(
            provider.Url(Arrivals.Template), new RedeliverySchedule(TimeSpan.Zero), register: reports.Register);

        await host.EnqueueAsync(Samples.Invitation);

        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 1, "the message is dead");
        Assert.Equal([NotificationProgress.Deferred, NotificationProgress.GivenUp], reports.All.Select(report => report.Progress));
    }

    [Fact]
    public async Task Handle_ContainerThrowsThroughTheSchedule_EachDeliveryIsReportedAndCounted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        var reports = new Reports();
        var isStarted = false;
        await using var host = await queue.StartAsync("http://127.0.0.1/", new RedeliverySchedule(TimeSpan.Zero), register: services =>
        {
            reports.Register(services);
            services.AddTransient<IInvitationNotifier>(_ => isStarted ? throw new InvalidOperationException() : new UnusedNotifier());
        });
        isStarted = true;
        using var deferrals = Collect(host, "deferrals");
        using var deadLetters = Collect(host, "dead_letters");

        await host.EnqueueAsync(Samples.Invitation with { Id = "order-4711" });

        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 1, "the message is dead");
        Assert.Equal(
            [(1, NotificationProgress.Deferred, true), (2, NotificationProgress.GivenUp, false)],
            reports.All.Select(report => (report.Delivery, report.Progress, report.NextDelivery is not null)));
        Assert.All(reports.All, report => Assert.Equal((Samples.Invitation with { Id = "order-4711" }, null), (report.Invitation, report.Result)));
        Assert.Equal("created", Assert.Single(deferrals.GetMeasurementSnapshot()).Tags["acrobits.invitation_notifier.event"]);
        Assert.Equal("created", Assert.Single(deadLetters.GetMeasurementSnapshot()).Tags["acrobits.invitation_notifier.event"]);
        Assert.Equal(2, (await host.Services.GetRequiredService<IDeliveryLog>()
            .QueryAsync(new() { InvitationId = "order-4711" }, TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public async Task Handle_ObserversCannotBeCreated_MessageFollowsTheSchedule()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync("http://127.0.0.1/", new RedeliverySchedule(TimeSpan.Zero), register: services =>
            services.AddSingleton<IInvitationNotifier, UnusedNotifier>().AddSingleton<INotificationObserver>(_ => throw new InvalidOperationException()));

        await host.EnqueueAsync(Samples.Invitation);

        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 1, "the message is dead");
        Assert.Equal((1, 1), (host.CountLogs(67), host.CountLogs(66)));
    }

    [Theory]
    [InlineData("no JSON", "")]
    [InlineData("""{"rbs2-msg-id":"1","rbs2-msg-type":"Some.Thing"}""", "{}")]
    [InlineData("""{"rbs2-msg-id":"1","rbs2-msg-type":"acrobits.invitation.v1"}""", "{}")]
    [InlineData("""{"rbs2-msg-id":"1","rbs2-msg-type":"acrobits.invitation.left.v1"}""", "{}")]
    public async Task Receive_MessageCannotBeRead_IsCounted(string headers, string body)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync("http://127.0.0.1/");
        using var deadLetters = Collect(host, "dead_letters");

        await queue.InsertRawAsync(headers, body);

        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 1, "the message is dead");
        Assert.Equal(1, Assert.Single(deadLetters.GetMeasurementSnapshot()).Value);
    }

    [Fact]
    public async Task EnqueueAsync_Deferred_IsDueWhenTheObserverWasTold()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var queue = new TestQueue(database);
        var reports = new Reports();
        await using var host = await queue.StartAsync(
            provider.Url(Arrivals.Template), new RedeliverySchedule(TimeSpan.FromHours(1)), register: services =>
            {
                services.AddSingleton<INotificationObserver, SlowObserver>();
                reports.Register(services);
            });

        await host.EnqueueAsync(Samples.Many(5));
        await reports.UntilAsync(5);
        await TestQueue.UntilAsync(async () => (await queue.DelaysAsync()).Count(delay => delay > 0) == 5, "all are deferred");

        // It takes a moment until the deferral is stored, and a machine under load can take longer for some of them.
        var due = await database.ReadAsync<DateTime>($"SELECT visible FROM {TestQueue.Table} ORDER BY visible");
        var told = reports.All.Select(report => report.NextDelivery!.Value.UtcDateTime).Order();
        Assert.InRange(due.Zip(told, (stored, promised) => stored - promised).Min(), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(3));
    }

    private static MetricCollector<long> Collect(TestHost host, string counter) => new(
        host.Services.GetRequiredService<IMeterFactory>(), "Acrobits.InvitationNotifier", $"acrobits.invitation_notifier.durable.{counter}");

    // Of the application, so the host starts without the library's own.
    private sealed class UnusedNotifier : IInvitationNotifier
    {
        public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class SlowObserver : INotificationObserver
    {
        public async ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken) =>
            await Task.Delay(TimeSpan.FromSeconds(4), cancellationToken);
    }

    private sealed class Reports
    {
        private readonly ConcurrentQueue<NotificationReport> _all = new();

        public IReadOnlyList<NotificationReport> All => [.. _all];

        public void Register(IServiceCollection services) =>
            services.AddSingleton(_all).AddNotificationObserver<Observer>().AddInvitationDeliveryLog();

        public Task UntilAsync(int count) => Eventually.BecomesAsync(() => _all.Count >= count, $"{count} reports");

        private sealed class Observer(ConcurrentQueue<NotificationReport> all) : INotificationObserver
        {
            public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
            {
                all.Enqueue(report);
                return default;
            }
        }
    }
}
