using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

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
        Assert.InRange(due.Zip(told, (stored, promised) => stored - promised).Min(), TimeSpan.FromSeconds(-0.5), TimeSpan.FromSeconds(0.9));
    }

    private sealed class SlowObserver : INotificationObserver
    {
        public async ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken) =>
            await Task.Delay(TimeSpan.FromSeconds(1.5), cancellationToken);
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
