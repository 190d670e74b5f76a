using Acrobits.InvitationNotifier.Rebus.Tests.Postgres;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Rebus.Time;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Durability;

/// <summary>Clocks of the application's machines and of the database's differ; a delay is one all the same.</summary>
[Trait("Category", "postgres")]
public sealed class ClockTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Defer_ApplicationClockIsOff_TakesTheDelayOfTheSchedule(int days)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var bus = new PostgresBus(database);
        await using var host = await bus.StartAsync(
            provider.Url(Arrivals.Template),
            new RedeliverySchedule(TimeSpan.FromHours(1)),
            configurer => configurer.Options(options => options.Register<IRebusTime>(_ => new DifferentClock(TimeSpan.FromDays(days)))));

        await host.EnqueueAsync(Samples.Invitation);

        // Read by the clock of the database, up to the time that a slow machine may need.
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the first delivery");
        IReadOnlyList<double> delays = [];
        await PostgresBus.UntilAsync(async () => (delays = await bus.DelaysAsync()) is [> 0], "the message is deferred");
        Assert.InRange(delays[0], 3600 - Eventually.Limit.TotalSeconds, 3601);
    }

    private sealed class DifferentClock(TimeSpan ahead) : IRebusTime
    {
        public DateTimeOffset Now => DateTimeOffset.UtcNow + ahead;
    }
}
