using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rebus.Config;
using Rebus.Routing.TypeBased;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Setup;

/// <summary>The table is created, and upgraded from what Rebus has made.</summary>
[Trait("Category", "postgres")]
public sealed class TableTests(PostgresFixture postgres)
{
    [Fact]
    public async Task StartAsync_ManyAtATime_CreateOneTableAndDeliver()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);

        var hosts = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Task.Run(async () =>
        {
            var host = await queue.StartAsync(provider.Url(Arrivals.Template), configure: options => options.Schema = "new");
            await host.EnqueueAsync(Samples.Numbered(number));
            return host;
        })));

        await Arrivals.UntilAsync(provider, 8);
        Assert.Equal(1, hosts.Sum(host => host.CountLogs(68)));
        Assert.Equal(
            ["invitation_messages_due", "invitation_messages_networks", "invitation_messages_pkey"],
            await database.ReadAsync<string>("SELECT indexname::text FROM pg_indexes WHERE schemaname = 'new' ORDER BY 1"));
        Assert.Equal(["bigint"], await TypeOfIdAsync(database, "new"));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task StartAsync_TableOfRebus_IsUpgradedAndItsMessagesAreDelivered()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var rebus = await StartRebusAsync(database);
        await rebus.EnqueueAsync(Samples.Many(5));

        // As docs/queues.md said.
        await database.ExecuteAsync(
            $$"""
            CREATE INDEX ON {{TestQueue.Table}} (recipient, priority DESC, visible, id); CREATE INDEX ON {{TestQueue.Table}} (id);
            UPDATE {{TestQueue.Table}} SET visible = now() + interval '1 h' WHERE id = 4;
            UPDATE {{TestQueue.Table}} SET recipient = 'invitations-dead', headers = convert_to((convert_from(headers, 'UTF8')::jsonb
                || '{"rbs2-error-details":"System.Exception: Failed deliveries: 3; the redelivery schedule is exhausted. The last outcome: Rejected, status 503."}')::text, 'UTF8')
            WHERE id = 5;
            """);

        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        await Arrivals.UntilAsync(provider, 3);
        await TestQueue.UntilAsync(async () => (await host.Manager.GetStatusAsync()) is [{ Ready: 0, Deferred: 1, Dead: 1 }], "the others wait");
        var dead = Assert.Single(await host.Manager.GetDeadAsync().ToListAsync());
        Assert.Equal(("mynetwork", "Rejected, status 503", InvitationEvent.Created), (dead.NetworkId, dead.Reason, dead.Event));
        Assert.True(Guid.TryParse(dead.InvitationId, out _));
        Assert.Equal(1, await host.Manager.RequeueAsync(new() { NetworkId = "mynetwork" }));
        await Arrivals.UntilAsync(provider, 4);
        Assert.Equal(["bigint"], await TypeOfIdAsync(database, "public"));
        Assert.Equal(
            ["invitation_messages_due", "invitation_messages_networks", "invitation_messages_pkey"],
            await database.ReadAsync<string>($"SELECT indexname::text FROM pg_indexes WHERE tablename = '{TestQueue.Table}' ORDER BY 1"));

        // A process that still has the earlier version, for as long as the upgrade of all takes.
        await rebus.EnqueueAsync(Samples.Numbered(6));
        await Arrivals.UntilAsync(provider, 5);
    }

    [Fact]
    public async Task StartAsync_DeadLetterOfABusOfThisVersion_HasTheReasonOfItsLastDelivery()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using (var rebus = await StartRebusAsync(database))
        {
            await rebus.EnqueueAsync(Samples.Numbered(1));
        }

        await database.ExecuteAsync(
            $$"""
            UPDATE {{TestQueue.Table}} SET recipient = 'invitations-dead', headers = convert_to((convert_from(headers, 'UTF8')::jsonb
                || jsonb_build_object('rbs2-error-details', E'System.Exception: 3 deliveries failed; the redelivery schedule is exhausted. The last one: The provider answered 503 instead of 204.\n   at somewhere'))::text, 'UTF8')
            """);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        Assert.Equal("The provider answered 503 instead of 204.", Assert.Single(await host.Manager.GetDeadAsync().ToListAsync()).Reason);
    }

    [Fact]
    public async Task StartAsync_OldDeadLettersOfRebus_AreAsOldAsTheyAre()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        await using (var rebus = await StartRebusAsync(database))
        {
            await rebus.EnqueueAsync(Samples.Many(2));
        }

        await database.ExecuteAsync(
            $$"""
            UPDATE {{TestQueue.Table}} SET recipient = 'invitations-dead', visible = now() - interval '1 d' * (id - 1) * 365,
                headers = convert_to((convert_from(headers, 'UTF8')::jsonb || '{"rbs2-error-details":"System.Exception"}')::text, 'UTF8')
            """);
        await using var host = await queue.StartSenderAsync();

        Assert.Single(await host.Manager.GetDeadAsync(new() { MaxAge = TimeSpan.FromDays(7) }).ToListAsync());
        Assert.Single(await host.Manager.GetDeadAsync(new() { MinAge = TimeSpan.FromDays(364) }).ToListAsync());
    }

    [Fact]
    public async Task StartAsync_TableIsInUse_SaysByWhomLetsOthersGoOnAndUpgradesLater()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using (var rebus = await StartRebusAsync(database))
        {
            await rebus.EnqueueAsync(Samples.Numbered(1));
        }

        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = "backup\nforged" }.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand($"SELECT count(*) FROM {TestQueue.Table}", connection, transaction))
        {
            await read.ExecuteNonQueryAsync();
        }

        await using var host = await new TestQueue(database).StartAsync(provider.Url(Arrivals.Template));

        var message = host.Logs.Single(record => record.Id.Id == 81).Message;
        Assert.Contains($"process {connection.ProcessID} (application \"backup", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Equal((1, 0, 0), (host.CountLogs(70), host.CountLogs(60), host.CountLogs(61)));
        await database.ExecuteAsync($"DELETE FROM {TestQueue.Table} WHERE false");
        await transaction.RollbackAsync();

        await Arrivals.UntilAsync(provider, 1);
        Assert.Equal(1, host.CountLogs(61));
    }

    [Fact]
    public async Task StartAsync_ShortTimeoutsOfTheRole_DoNotEndTheUpgrade()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (var rebus = await StartRebusAsync(database))
        {
            await rebus.EnqueueAsync(Samples.Numbered(1));
        }

        await database.ExecuteAsync(
            $"""
            INSERT INTO {TestQueue.Table} (recipient, priority, expiration, visible, headers, body)
            SELECT recipient, priority, expiration, visible, headers, body FROM {TestQueue.Table}, generate_series(1, 20000)
            """);
        NpgsqlConnectionStringBuilder connectionString = new(database.ConnectionString) { Options = "-c statement_timeout=300 -c lock_timeout=100", CommandTimeout = 1 };
        var started = System.Diagnostics.Stopwatch.StartNew();
        await using var host = await TestHost.StartAsync(
            services => services.AddPostgreSqlInvitationQueue(connectionString.ConnectionString, options => options.Deliver = false));

        TestContext.Current.TestOutputHelper!.WriteLine($"Upgraded in {started.ElapsedMilliseconds} ms.");
        await Eventually.BecomesAsync(() => host.CountLogs(61) == 1, "the queue is ready");
        Assert.Equal((0, 0), (host.CountLogs(60), host.CountLogs(70)));
    }

    [Fact]
    public async Task StartAsync_AnotherProcessSetsTheTableUp_SaysSoAndWaits()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using (var other = new NpgsqlCommand($"SELECT pg_advisory_lock(hashtextextended('\"public\".\"{TestQueue.Table}\"', 0))", connection))
        {
            await other.ExecuteNonQueryAsync();
        }

        await using var host = TestHost.Build(services => services.AddPostgreSqlInvitationQueue(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { CommandTimeout = 1 }.ConnectionString, options => options.Deliver = false));
        var start = Task.Run(host.StartAsync);
        await Eventually.BecomesAsync(() => host.CountLogs(80) == 1, "the log says so");
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        Assert.False(start.IsCompleted);
        await connection.CloseAsync();

        await start;
        await Eventually.BecomesAsync(() => host.CountLogs(61) == 1, "the queue is ready");
    }

    [Fact]
    public async Task StartAsync_DatabaseRefusesWithSeveralLines_ExceptionHasOne()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION E'first line\nsecond line'; END $$;
            CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION refuse();
            """);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => new TestQueue(database).StartSenderAsync());

        Assert.Contains("first line", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        await database.ExecuteAsync("DROP EVENT TRIGGER refuse");
    }

    [Fact]
    public async Task EnqueueAsync_IdsBeyond32Bits_AreDeliveredAndPutBack()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.Status(503), Answers.NoContent);
        var queue = new TestQueue(database);
        await using (await StartRebusAsync(database))
        {
        }

        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), new RedeliverySchedule(TimeSpan.Zero));
        await database.ExecuteAsync($"SELECT setval('{TestQueue.Table}_id_seq', 3000000000)");
        await host.EnqueueAsync(Samples.Numbered(1));
        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 1, "it is dead");

        Assert.Equal(1, await host.Manager.RequeueAsync(new()));

        await queue.UntilEmptyAsync();
        Assert.Equal(3, provider.Requests.Count);
    }

    [Fact]
    public async Task StartAsync_RoleMayNotCreate_SaysWhichSqlToRunAndWorksOnceItWasRun()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var role = $"app_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'app'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        var connectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "app" }.ConnectionString;

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(connectionString, provider));
        Assert.Contains(role, exception.Message, StringComparison.Ordinal);
        await database.ExecuteAsync(exception.Message[exception.Message.IndexOf("CREATE TABLE", StringComparison.Ordinal)..]);

        await using (var host = await StartAsync(connectionString, provider))
        {
            await host.EnqueueAsync(Samples.Many(3));
            await Arrivals.UntilAsync(provider, 3);
            await new TestQueue(database).UntilEmptyAsync();
        }

        await database.ExecuteAsync($"DROP TABLE {TestQueue.Table}; DROP OWNED BY {role}; DROP ROLE {role}");
    }

    private static Task<TestHost> StartAsync(string connectionString, RawProvider provider) => TestHost.StartAsync(services => services
        .AddTestNotifier(provider.Url(Arrivals.Template))
        .AddPostgreSqlInvitationQueue(connectionString));

    // A process as docs/queues.md had it before there was this package, which only sends.
    internal static Task<TestHost> StartRebusAsync(PostgresDatabase database) => TestHost.StartAsync(services => services
        .AddTestNotifier("http://127.0.0.1/")
        .AddRebusInvitationQueue()
        .AddRebus(bus => bus
            .Transport(transport => transport.UsePostgreSqlAsOneWayClient(database.ConnectionString, TestQueue.Table))
            .Routing(routing => routing.TypeBased().Map<Invitation>(TestQueue.Name))
            .UseInvitationMessages()));

    private static Task<IReadOnlyList<string>> TypeOfIdAsync(PostgresDatabase database, string schema) => database.ReadAsync<string>(
        $"SELECT data_type::text FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = '{TestQueue.Table}' AND column_name = 'id'");
}
