using System.Transactions;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

/// <summary>The application's own row and the notification, in one transaction of its database.</summary>
[Trait("Category", "postgres")]
public sealed class TransactionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_TransactionCommits_RowIsThereAndInvitationArrives()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await StartAsync(queue, provider);

        await InviteAsync(host, database, Samples.Numbered(1), commit: true, beforeTheEnd: async () =>
        {
            Assert.Empty(await RowsAsync(database));
            Assert.Equal(0, await queue.CountAsync(TestQueue.Name));
        });

        Assert.Equal([Samples.Numbered(1).Invitee], await RowsAsync(database));
        await Arrivals.UntilAsync(provider, 1);
        await queue.UntilEmptyAsync();
        Assert.Single(provider.Requests);
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task EnqueueAsync_TransactionRollsBack_NeitherIsThere()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await StartAsync(queue, provider);

        await InviteAsync(host, database, Samples.Numbered(1), commit: false);
        await InviteAsync(host, database, Samples.Numbered(2), commit: true);

        await Arrivals.UntilAsync(provider, 1);
        Assert.Equal([Samples.Numbered(2).Invitee], await RowsAsync(database));
        Assert.Equal([2], Arrivals.Of(provider));
    }

    [Fact]
    public async Task EnqueueAsync_ConnectionDiesBeforeTheCommit_NeitherIsThere()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await StartAsync(queue, provider);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => InviteAsync(
            host, database, Samples.Numbered(1), commit: true, beforeTheEnd: () => database.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")));
        await InviteAsync(host, database, Samples.Numbered(2), commit: true);

        await Arrivals.UntilAsync(provider, 1);
        Assert.Equal([Samples.Numbered(2).Invitee], await RowsAsync(database));
        Assert.Equal([2], Arrivals.Of(provider));
    }

    [Fact]
    public async Task EnqueueAsync_SenderOnly_AnotherHostDelivers()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var receiver = await StartAsync(queue, provider);
        await using var sender = await queue.StartSenderAsync();

        await InviteAsync(sender, database, Samples.Numbered(1), commit: false);
        await InviteAsync(sender, database, Samples.Numbered(2), commit: true);

        await Arrivals.UntilAsync(provider, 1);
        Assert.Equal([2], Arrivals.Of(provider));
    }

    [Fact]
    public async Task EnqueueAsync_InARebusTransactionThatIsNeverCompleted_IsAccepted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        await using var sender = await queue.StartSenderAsync();

        using (new RebusTransactionScope())
        {
            await sender.EnqueueAsync(Samples.Invitation);
        }

        Assert.Equal(1, await queue.CountAsync(TestQueue.Name));
    }

    [Fact]
    public async Task EnqueueAsync_TransactionScopeThatIsCompletedAlready_IsAccepted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        await using var sender = await queue.StartSenderAsync();

        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            scope.Complete();
            await sender.EnqueueAsync(Samples.Invitation);
        }

        Assert.Equal(1, await queue.CountAsync(TestQueue.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnqueueAsync_TransactionScopeThatIsNeverCompleted_IsAccepted(bool isDataSourceOfTheApplication)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var sender = await TestHost.StartAsync(services => _ = isDataSourceOfTheApplication
            ? services.AddPostgreSqlInvitationQueue(source, options => options.Deliver = false)
            : services.AddPostgreSqlInvitationQueue(database.ConnectionString, options => options.Deliver = false));

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await sender.EnqueueAsync(Samples.Invitation);
            Assert.NotNull(Transaction.Current);
        }

        Assert.Equal(1, await new TestQueue(database).CountAsync(TestQueue.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequeueAsync_TransactionScopeThatIsNeverCompleted_StaysRequeued(bool isDataSourceOfTheApplication)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var host = await TestHost.StartAsync(services => _ = isDataSourceOfTheApplication
            ? services.AddPostgreSqlInvitationQueue(source, options => options.Deliver = false)
            : services.AddPostgreSqlInvitationQueue(database.ConnectionString, options => options.Deliver = false));
        var queue = new TestQueue(database);
        await host.EnqueueAsync(Samples.Many(2).Select((invitation, number) => invitation with { Id = $"id-{number}" }));
        await database.ExecuteAsync($"UPDATE {TestQueue.Table} SET recipient = '{TestQueue.Dead}', died = now()");

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            Assert.Equal(1, await host.Manager.RequeueAsync(new() { InvitationId = "id-0" }));
            Assert.Equal(1, await host.Manager.DiscardAsync(new() { InvitationId = "id-1" }));
            Assert.Empty(await host.Manager.GetDeadAsync().ToListAsync());
            Assert.Equal(1, (await host.Manager.GetStatusAsync())[0].Ready);
        }

        Assert.Equal((1L, 0L), (await queue.CountAsync(TestQueue.Name), await queue.CountAsync(TestQueue.Dead)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnqueueAsync_TransactionOfAnotherDatabase_IsRefusedAndStaysUsable(bool hasSuchATable)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var other = await postgres.CreateDatabaseAsync();
        await using var sender = await new TestQueue(database).StartSenderAsync();
        if (hasSuchATable)
        {
            await using (await new TestQueue(other).StartSenderAsync())
            {
            }
        }

        await other.ExecuteAsync("CREATE TABLE invitees (phone text)");
        await using var connection = new NpgsqlConnection(other.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        var exception = await Assert.ThrowsAsync<ArgumentException>(async () => await sender.Queue.EnqueueAsync(Samples.Invitation, transaction));

        Assert.Equal("transaction", exception.ParamName);
        Assert.Contains(connection.Database, exception.Message, StringComparison.Ordinal);
        await using var insert = new NpgsqlCommand("INSERT INTO invitees VALUES ('1')", connection, transaction);
        await insert.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        Assert.Equal(["1"], await RowsAsync(other));
        Assert.Equal(0, await new TestQueue(database).CountAsync(TestQueue.Name));
    }

    [Fact]
    public async Task EnqueueAsync_TransactionByAnotherAddressOfTheDatabase_IsAccepted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        NpgsqlConnectionStringBuilder address = new(database.ConnectionString);
        await using var proxy = new SilentProxy(address.Port);
        address.Port = proxy.Port;
        await using var sender = await new TestQueue(database).StartSenderAsync();
        await using var source = NpgsqlDataSource.Create(address);
        await using var connection = await source.OpenConnectionAsync();

        for (var number = 1; number <= 2; number++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await sender.Queue.EnqueueAsync(Samples.Numbered(number), transaction);
            await transaction.CommitAsync();
        }

        Assert.Equal(2, await new TestQueue(database).CountAsync(TestQueue.Name));
    }

    [Fact]
    public async Task EnqueueAsync_NulInTheNetworkId_IsRefusedAndTheTransactionStaysUsable()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var sender = await new TestQueue(database).StartSenderAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await sender.Queue.EnqueueAsync(Samples.Numbered(1), transaction);
        await Assert.ThrowsAsync<ArgumentException>(async () => await sender.Queue.EnqueueAsync(new Invitation("1", "2", "my\0network"), transaction));
        await Assert.ThrowsAsync<ArgumentException>(() => sender.EnqueueAsync(new Invitation("1", "2", "\0")));
        await sender.Queue.EnqueueAsync(new Invitation("1\0", "2\0", "3"), transaction);
        await transaction.CommitAsync();

        Assert.Equal(2, await new TestQueue(database).CountAsync(TestQueue.Name));
    }

    [Fact]
    public async Task EnqueueAsync_QueueHasStopped_SaysSo()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var sender = await new TestQueue(database).StartSenderAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await sender.StopAsync();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => sender.EnqueueAsync(Samples.Invitation));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sender.Queue.EnqueueAsync(Samples.Invitation, transaction));

        Assert.Contains("shutting down", exception.Message, StringComparison.Ordinal);
        await transaction.CommitAsync();
        Assert.Equal(0, await new TestQueue(database).CountAsync(TestQueue.Name));
    }

    [Fact]
    public async Task EnqueueAsync_TransactionHasEnded_Throws()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var sender = await new TestQueue(database).StartSenderAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await transaction.CommitAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sender.Queue.EnqueueAsync(Samples.Invitation, transaction));
        Assert.Equal(0, await new TestQueue(database).CountAsync(TestQueue.Name));
    }

    [Fact]
    public async Task EnqueueAsync_AnotherQueue_SaysWhichIsNeeded()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        var exception = await Assert.ThrowsAsync<ArgumentException>(async () => await new OtherQueue().EnqueueAsync(Samples.Invitation, transaction));

        Assert.Contains("AddPostgreSqlInvitationQueue", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<TestHost> StartAsync(TestQueue queue, RawProvider provider)
    {
        await queue.Database.ExecuteAsync("CREATE TABLE invitees (phone text)");
        return await queue.StartAsync(provider.Url(Arrivals.Template));
    }

    // What an application does when one of its users invites somebody.
    private static async Task InviteAsync(
        TestHost host, PostgresDatabase database, Invitation invitation, bool commit, Func<Task>? beforeTheEnd = null)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO invitees VALUES (@phone)", connection, transaction);
        insert.Parameters.AddWithValue("phone", invitation.Invitee);
        await insert.ExecuteNonQueryAsync();
        await host.Queue.EnqueueAsync(invitation, transaction);
        await (beforeTheEnd?.Invoke() ?? Task.CompletedTask);
        await (commit ? transaction.CommitAsync() : transaction.RollbackAsync());
    }

    private static Task<IReadOnlyList<string>> RowsAsync(PostgresDatabase database) =>
        database.ReadAsync<string>("SELECT phone FROM invitees ORDER BY phone");

    private sealed class OtherQueue : IInvitationQueue
    {
        public ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default) => default;
    }
}
