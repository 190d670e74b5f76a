using Acrobits.InvitationNotifier.Rebus.Tests.Postgres;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Npgsql;
using Rebus.Config.Outbox;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Durability;

/// <summary>The application's own row and the notification, in one transaction of its database.</summary>
[Trait("Category", "postgres")]
public sealed class OutboxTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_TransactionCommits_RowIsThereAndInvitationArrives()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var bus = new PostgresBus(database);
        await using var host = await StartAsync(bus, provider);

        await InviteAsync(host, database, Samples.Numbered(1), commit: true, beforeTheEnd: async () =>
        {
            Assert.Empty(await RowsAsync(database));
            Assert.Equal(0, await OutboxAsync(database));
        });

        Assert.Equal([Samples.Numbered(1).Invitee], await RowsAsync(database));
        await Arrivals.UntilAsync(provider, 1);
        await bus.UntilEmptyAsync();
        Assert.Equal(0, await OutboxAsync(database));
        Assert.Single(provider.Requests);
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task EnqueueAsync_TransactionRollsBack_NeitherIsThere()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var bus = new PostgresBus(database);
        await using var host = await StartAsync(bus, provider);

        await InviteAsync(host, database, Samples.Numbered(1), commit: false);
        await InviteAsync(host, database, Samples.Numbered(2), commit: true);

        await Arrivals.UntilAsync(provider, 1);
        Assert.Equal([Samples.Numbered(2).Invitee], await RowsAsync(database));
        Assert.Equal([2], Arrivals.Of(provider));
        Assert.Equal(0, await OutboxAsync(database));
    }

    [Fact]
    public async Task EnqueueAsync_ScopeIsNotCompleted_OnlyTheRowIsThere()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var bus = new PostgresBus(database);
        await using var host = await StartAsync(bus, provider);

        await InviteAsync(host, database, Samples.Numbered(1), commit: true, complete: false);
        await InviteAsync(host, database, Samples.Numbered(2), commit: true);

        // What was enqueued is written when the scope is completed: the application must not forget to.
        await Arrivals.UntilAsync(provider, 1);
        Assert.Equal([Samples.Numbered(1).Invitee, Samples.Numbered(2).Invitee], await RowsAsync(database));
        Assert.Equal([2], Arrivals.Of(provider));
    }

    [Fact]
    public async Task EnqueueAsync_OneWayClient_AnotherHostDelivers()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var bus = new PostgresBus(database);
        await database.ExecuteAsync("CREATE TABLE invitees (phone text)");
        await using var sender = await bus.StartOneWayWithOutboxAsync();
        await using var receiver = await bus.StartAsync(provider.Url(Arrivals.Template));

        await InviteAsync(sender, database, Samples.Numbered(1), commit: false);
        await InviteAsync(sender, database, Samples.Numbered(2), commit: true);

        await Arrivals.UntilAsync(provider, 1);
        Assert.Equal([2], Arrivals.Of(provider));
    }

    [Fact]
    public async Task Handle_FailsTransiently_IsDeferredThroughTheOutboxAndArrives()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.Status(503), Answers.NoContent);
        var bus = new PostgresBus(database);
        await using var host = await StartAsync(bus, provider);

        await InviteAsync(host, database, Samples.Numbered(1), commit: true);

        await Eventually.BecomesAsync(() => provider.Requests.Count == 3, "the third delivery");
        await bus.UntilEmptyAsync();
        Assert.Equal([1, 1, 1], Arrivals.Of(provider));
        Assert.Equal(0, await OutboxAsync(database));
        Assert.Empty(await bus.FailuresAsync());
    }

    [Fact]
    public async Task Handle_ScheduleExhaustedOrPoison_ErrorQueueHasBoth()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var bus = new PostgresBus(database);
        await using var host = await StartAsync(bus, provider, new RedeliverySchedule());

        await InviteAsync(host, database, Samples.Numbered(1), commit: true);
        await bus.InsertAsync("acrobits.invitation.v1", "null");

        await PostgresBus.UntilAsync(async () => await bus.CountAsync(BusHost.Errors) == 2, "both are in the error queue");
        await bus.UntilEmptyAsync();
    }

    private static async Task<BusHost> StartAsync(PostgresBus bus, RawProvider provider, RedeliverySchedule? schedule = null)
    {
        await bus.Database.ExecuteAsync("CREATE TABLE invitees (phone text)");
        return await bus.StartWithOutboxAsync(provider.Url(Arrivals.Template), schedule);
    }

    // What an application does when one of its users invites somebody.
    private static async Task InviteAsync(
        BusHost host,
        PostgresDatabase database,
        Invitation invitation,
        bool commit,
        bool complete = true,
        Func<Task>? beforeTheEnd = null)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO invitees VALUES (@phone)", connection, transaction);
        insert.Parameters.AddWithValue("phone", invitation.Invitee);
        await insert.ExecuteNonQueryAsync();

        using (var scope = new RebusTransactionScope())
        {
            scope.UseOutbox(connection, transaction);
            await host.EnqueueAsync(invitation);
            if (complete)
            {
                await scope.CompleteAsync();
            }
        }

        await (beforeTheEnd?.Invoke() ?? Task.CompletedTask);
        await (commit ? transaction.CommitAsync() : transaction.RollbackAsync());
    }

    private static Task<IReadOnlyList<string>> RowsAsync(PostgresDatabase database) =>
        database.ReadAsync<string>("SELECT phone FROM invitees ORDER BY phone");

    private static async Task<long> OutboxAsync(PostgresDatabase database) =>
        (await database.ReadAsync<long>($"SELECT count(*) FROM {PostgresBus.Outbox}"))[0];
}
