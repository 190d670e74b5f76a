using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

/// <summary>The clock of the database decides when a deferred invitation is due, whatever those of the machines say.</summary>
[Trait("Category", "postgres")]
public sealed class ClockTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Defer_TransientFailure_TakesTheDelayOfTheScheduleByTheClockOfTheDatabase()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), new RedeliverySchedule(TimeSpan.FromHours(1)));

        await host.EnqueueAsync(Samples.Invitation);

        // Read by the clock of the database, up to the time that a slow machine may need.
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the first delivery");
        IReadOnlyList<double> delays = [];
        await TestQueue.UntilAsync(async () => (delays = await queue.DelaysAsync()) is [> 0], "the message is deferred");
        Assert.InRange(delays[0], 3600 - Eventually.Limit.TotalSeconds, 3601);
    }
}
