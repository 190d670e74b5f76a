using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Faults;

/// <summary>What becomes of a message whose settlement the database refuses, and of the others.</summary>
[Trait("Category", "postgres")]
public sealed class SettlementTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("P0001")]
    [InlineData("22P05")]
    [InlineData("23503")]
    public async Task Settle_OneRowIsRefused_OthersAreSettledAndItIsLogged(string error)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), configure: options => options.MaxConcurrentDeliveries = 2);
        await RefuseAsync(database, "DELETE", "OLD.invitation_id = 'refused'", error);

        await host.EnqueueAsync(Samples.Numbered(1) with { Id = "refused" });
        await host.EnqueueAsync(Samples.Many(20).Skip(1));

        await Arrivals.UntilAsync(provider, 20);
        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Name) == 1, "all others are settled");
        await Eventually.BecomesAsync(() => host.CountLogs(78) > 0, "it is logged");
        Assert.Equal(["refused"], await database.ReadAsync<string>($"SELECT invitation_id FROM {TestQueue.Table} WHERE lease IS NOT NULL"));
        Assert.Equal(0, host.CountLogs(63));
        Assert.Contains(error, host.Logs.First(record => record.Id.Id == 78).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settle_ReasonIsRefused_IsDeadWithAnotherReason()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), new RedeliverySchedule());
        await RefuseAsync(database, "UPDATE OF reason", "NEW.reason LIKE '%schedule%'", "22P05");

        await host.EnqueueAsync(Samples.Many(3));

        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 3, "all are dead");
        Assert.Equal(Enumerable.Repeat("The database refused to store the reason.", 3), await queue.ReasonsAsync());
        Assert.Equal(0, host.CountLogs(78));
    }

    [Theory]
    [InlineData("42501")]
    [InlineData("57014")]
    public async Task Settle_NothingCanBeWritten_WaitsAndDeliversNothingAgain(string error)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), configure: options => options.Lease = TimeSpan.FromSeconds(5));
        await RefuseAsync(database, "DELETE", "true", error);

        await host.EnqueueAsync(Samples.Many(20));
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        Assert.Equal(TestQueue.Parallelism, provider.Requests.Count);
        Assert.Equal(1, host.CountLogs(63));
        await database.ExecuteAsync($"DROP TRIGGER refuse ON {TestQueue.Table}");

        await queue.UntilEmptyAsync();
        Assert.Equal(20, provider.Requests.Count);
        await Eventually.BecomesAsync(() => host.CountLogs(64) == 1, "the log says that it works again");
        Assert.Equal(0, host.CountLogs(78));
    }

    [Fact]
    public async Task Start_OldDeadLettersCannotBeDeleted_HasItsOwnWarning()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        await using (var sender = await queue.StartSenderAsync())
        {
            await queue.InsertAsync("acrobits.invitation.v1", "{}", TestQueue.Dead);
        }

        await database.ExecuteAsync($"UPDATE {TestQueue.Table} SET died = now() - interval '1 day', visible = now() - interval '1 day'");
        await RefuseAsync(database, "DELETE", "true", "P0001");
        await using var host = await queue.StartAsync("http://127.0.0.1/", configure: options => options.DeadLetterRetention = TimeSpan.FromHours(1));

        await Eventually.BecomesAsync(() => host.CountLogs(75) == 1, "it is logged");

        Assert.Equal(LogLevel.Warning, host.Logs.Single(record => record.Id.Id == 75).Level);
        Assert.Equal(0, host.CountLogs(63));
    }

    private static Task RefuseAsync(PostgresDatabase database, string operation, string condition, string error) => database.ExecuteAsync(
        $"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{error}'; END $$;
        CREATE TRIGGER refuse BEFORE {operation} ON {TestQueue.Table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse();
        """);
}
