using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Setup;

/// <summary>What a role needs for each task, on a table that another role has created. The documentation lists it.</summary>
[Trait("Category", "postgres")]
public sealed class PermissionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_RoleThatMayInsertAlone_Works()
    {
        await using var database = await CreateAsync();
        await using var role = await CreateRoleAsync(database, "INSERT");
        await using var sender = await TestHost.StartAsync(
            services => services.AddPostgreSqlInvitationQueue(role.ConnectionString, options => options.Deliver = false));
        await using var connection = new NpgsqlConnection(role.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await sender.EnqueueAsync(Samples.Numbered(1));
        await sender.Queue.EnqueueAsync(Samples.Numbered(2), transaction);
        await transaction.CommitAsync();

        Assert.Equal(2, await new TestQueue(database).CountAsync(TestQueue.Name));
        await Assert.ThrowsAsync<PostgresException>(() => sender.Manager.GetStatusAsync());
    }

    [Fact]
    public async Task Deliver_RoleThatMaySelectUpdateAndDelete_Works()
    {
        await using var database = await CreateAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.NoContent);
        var queue = new TestQueue(database);
        await queue.CopyAsync(from: 1, count: 5);
        await using var role = await CreateRoleAsync(database, "SELECT, UPDATE, DELETE");
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(role.ConnectionString, options =>
            {
                options.Redelivery = new RedeliverySchedule(TimeSpan.Zero);
                options.DeadLetterRetention = TimeSpan.FromDays(1);
            }));

        await Arrivals.UntilAsync(provider, 5);
        await queue.UntilEmptyAsync();
        Assert.Equal(0, host.CountLogs(63));
    }

    [Fact]
    public async Task GetStatusAsync_RoleThatMaySelectAlone_Works()
    {
        await using var database = await CreateAsync();
        await new TestQueue(database).CopyAsync(from: 1, count: 3);
        await database.ExecuteAsync($"UPDATE {TestQueue.Table} SET recipient = '{TestQueue.Dead}' WHERE id = 1");
        await using var role = await CreateRoleAsync(database, "SELECT");
        await using var host = await TestHost.StartAsync(
            services => services.AddPostgreSqlInvitationQueue(role.ConnectionString, options => options.Deliver = false));

        Assert.Equal((2L, 1L), ((await host.Manager.GetStatusAsync())[0].Ready, (await host.Manager.GetTotalAsync()).Dead));
        Assert.Single(await host.Manager.GetDeadAsync().ToListAsync());
        await Assert.ThrowsAsync<PostgresException>(() => host.Manager.RequeueAsync(new()));
    }

    [Theory]
    [InlineData("SELECT, UPDATE", false)]
    [InlineData("SELECT, UPDATE, DELETE", true)]
    public async Task RequeueAsync_RoleThatMaySelectAndUpdate_WorksAndDiscardingNeedsDelete(string privileges, bool canDiscard)
    {
        await using var database = await CreateAsync();
        await new TestQueue(database).CopyAsync(from: 1, count: 2);
        await database.ExecuteAsync($"UPDATE {TestQueue.Table} SET recipient = '{TestQueue.Dead}', reason = 'number ' || id");
        await using var role = await CreateRoleAsync(database, privileges);
        await using var host = await TestHost.StartAsync(
            services => services.AddPostgreSqlInvitationQueue(role.ConnectionString, options => options.Deliver = false));

        Assert.Equal(1, await host.Manager.RequeueAsync(new() { Reason = "number 1" }));
        if (canDiscard)
        {
            Assert.Equal(1, await host.Manager.DiscardAsync(new()));
        }
        else
        {
            await Assert.ThrowsAsync<PostgresException>(() => host.Manager.DiscardAsync(new()));
        }
    }

    [Fact]
    public async Task QueryAsync_RoleThatMaySelectAlone_Works()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var writer = await DeliveryLog.LogHost.StartLogAsync(database);
        await DeliveryLog.LogHost.UntilAsync(database, 0);
        await using var role = await CreateRoleAsync(database, "SELECT", DeliveryLog.LogHost.Table);
        await using var reader = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationDeliveryLog(role.ConnectionString));

        await DeliveryLog.LogHost.ReportAsync(writer, DeliveryLog.LogHost.Report("a"));
        await DeliveryLog.LogHost.UntilAsync(database, 1);

        Assert.Single(await DeliveryLog.LogHost.QueryAsync(reader));
        Assert.Equal((0, 0), (reader.CountLogs(71), reader.CountLogs(74)));
    }

    [Fact]
    public async Task StartAsync_RoleMayNotUpgradeATableOfRebus_SqlInTheExceptionIsAllItNeeds()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await TableTests.StartRebusAsync(database))
        {
        }

        await using var role = await CreateRoleAsync(database, "");
        await database.ExecuteAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await RunSqlOfExceptionAsync(database, role);

        await using var host = await StartAsync(role);
        await host.EnqueueAsync(Samples.Many(2));
        Assert.Equal(2, await new TestQueue(database).CountAsync(TestQueue.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task StartAsync_RoleMayNotUseTheSchema_SqlInTheExceptionIsAllItNeeds(bool hasTable)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE SCHEMA hidden");
        if (hasTable)
        {
            await using (await new TestQueue(database).StartSenderAsync(options => options.Schema = "hidden"))
            {
            }
        }

        await using var role = await CreateRoleAsync(database, "");
        await RunSqlOfExceptionAsync(database, role, "hidden");

        await using var host = await StartAsync(role, "hidden");
        await host.EnqueueAsync(Samples.Many(2));
        Assert.Equal([2], await database.ReadAsync<long>($"SELECT count(*) FROM hidden.{TestQueue.Table}"));
    }

    private static async Task RunSqlOfExceptionAsync(PostgresDatabase database, Role role, string schema = "public")
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await StartAsync(role, schema));
        await database.ExecuteAsync(exception.Message[exception.Message.IndexOf("CREATE TABLE", StringComparison.Ordinal)..]);
    }

    private static Task<TestHost> StartAsync(Role role, string schema = "public") => TestHost.StartAsync(
        services => services.AddPostgreSqlInvitationQueue(role.ConnectionString, options =>
        {
            options.Deliver = false;
            options.Schema = schema;
        }));

    private async Task<PostgresDatabase> CreateAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using (await new TestQueue(database).StartSenderAsync())
        {
        }

        return database;
    }

    private static async Task<Role> CreateRoleAsync(PostgresDatabase database, string privileges, string table = TestQueue.Table)
    {
        var name = $"role_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"CREATE ROLE {name} LOGIN PASSWORD 'pw'");
        if (privileges is not "")
        {
            await database.ExecuteAsync($"GRANT USAGE ON SCHEMA public TO {name}; GRANT {privileges} ON {table} TO {name}");
        }

        return new Role(database, name);
    }

    private sealed class Role(PostgresDatabase database, string name) : IAsyncDisposable
    {
        public string ConnectionString { get; } =
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = name, Password = "pw" }.ConnectionString;

        public async ValueTask DisposeAsync() => await database.ExecuteAsync($"DROP OWNED BY {name}; DROP ROLE {name}");
    }
}
