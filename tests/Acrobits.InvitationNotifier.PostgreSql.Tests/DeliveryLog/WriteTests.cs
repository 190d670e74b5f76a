using Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.DeliveryLog;

/// <summary>Entries reach the table, whatever the database goes through, and never hold up a delivery.</summary>
[Trait("Category", "postgres")]
public sealed class WriteTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Start_SeveralHostsAtOnce_TableIsCreatedOnce()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var hosts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => database.StartLogAsync(options => options.Schema = "Invitations")));

        foreach (var host in hosts)
        {
            await host.ReportAsync(LogHost.Report("a"));
        }

        await TestQueue.UntilAsync(
            async () => await HasTableAsync() && (await database.ReadAsync<long>($"SELECT count(*) FROM \"Invitations\".{LogHost.Table}"))[0] == 5, "all have written");
        Assert.Equal(1, hosts.Sum(host => host.CountLogs(68)));
        Assert.Equal(0, hosts.Sum(host => host.CountLogs(71)));
        await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));

        async Task<bool> HasTableAsync() => (await database.ReadAsync<bool>($"SELECT to_regclass('\"Invitations\".{LogHost.Table}') IS NOT NULL"))[0];
    }

    [Fact]
    public async Task Start_RoleMayNotCreate_LogHasTheSqlToRunAndIsWrittenOnceItHasRun()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var role = $"clerk_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pw'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "pw" }.ConnectionString;
        await using (var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationDeliveryLog(connection)))
        {
            await host.ReportAsync(LogHost.Report("a"));
            await Eventually.BecomesAsync(() => host.CountLogs(71) == 1, "the log says what is missing");
            var message = host.Logs.Single(record => record.Id.Id == 71).Message;

            await database.ExecuteAsync(message[message.IndexOf("CREATE TABLE", StringComparison.Ordinal)..]);

            await database.UntilAsync(1);
        }

        await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task Notify_DatabaseDownAndBack_DeliveriesGoOnAndAllEntriesAreWrittenOnce()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = await database.StartLogAsync(register: services => services.AddTestNotifier(provider.Url(Arrivals.Template)));
        var notifier = host.Services.GetRequiredService<IInvitationNotifier>();
        await notifier.NotifyAsync(Samples.Invitation with { Id = "before" }, TestContext.Current.CancellationToken);
        await database.UntilAsync(1);

        await server.StopAsync();
        for (var number = 0; number < 50; number++)
        {
            Assert.True((await notifier.NotifyAsync(Samples.Invitation with { Id = $"meanwhile {number}" }, TestContext.Current.CancellationToken)).IsSuccess);
        }

        await Eventually.BecomesAsync(() => host.CountLogs(71) == 1, "the log says that the database is down");
        await server.StartAsync();

        await database.UntilAsync(51);
        await Eventually.BecomesAsync(() => host.CountLogs(72) == 1, "the log says that it works again");
        Assert.Equal((1, 0), (host.CountLogs(71), host.CountLogs(73)));
        Assert.Equal(51, (await host.QueryAsync()).Select(entry => entry.InvitationId).Distinct().Count());
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task Report_DatabaseDownForTooLong_KeepsTheNewestAndSaysHowManyAreMissing()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        await server.StopAsync();
        await using var host = await database.StartLogAsync();

        await host.ReportAsync(Enumerable.Range(0, 15_000).Select(number => LogHost.Report("a", number)));
        await server.StartAsync();

        await database.UntilAsync(10_000);
        await Eventually.BecomesAsync(() => host.CountLogs(73) == 1, "the log says how many are missing");
        Assert.Equal(
            "Entries missing from the delivery log: 5000. The database was down for too long, or refused them.",
            host.Logs.Single(record => record.Id.Id == 73).Message);
        Assert.Equal("order-14999", (await host.QueryAsync())[0].InvitationId);
        Assert.Equal(LogHost.Now.AddMinutes(5_000), (await host.QueryAsync(new() { Skip = 9_999 })).Single().Time);
    }

    [Fact]
    public async Task Report_ThroughPgBouncerInTransactionMode_IsWrittenAndFound()
    {
        Assert.SkipWhen(PgBouncer.Program is null, "PgBouncer is not installed.");
        await using var database = await postgres.CreateDatabaseAsync();
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString);
        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationDeliveryLog(bouncer.ConnectionString));

        await host.ReportAsync(LogHost.Report("a"));
        await database.UntilAsync(1);
        await host.ReportAsync(LogHost.Report("b"));
        await database.UntilAsync(2);

        Assert.Single(await host.QueryAsync(new() { NetworkId = "b" }));
        Assert.Equal(0, host.CountLogs(71));
    }

    [Fact]
    public async Task Report_TableIsDropped_IsCreatedAgain()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();
        await database.UntilAsync(0);

        await database.ExecuteAsync($"DROP TABLE {LogHost.Table}");
        await host.ReportAsync(LogHost.Report("a"));

        await database.UntilAsync(1);
    }

    [Fact]
    public async Task Report_DatabaseRefusesOneEntry_OthersAreWrittenAndItIsCounted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();
        await database.UntilAsync(0);
        await database.ExecuteAsync($"ALTER TABLE {LogHost.Table} ALTER COLUMN network_id TYPE varchar(10)");

        await host.ReportAsync(LogHost.Report("a"), LogHost.Report("longer than this table allows"), LogHost.Report("b"));

        await database.UntilAsync(2);
        await host.StopAsync();
        Assert.StartsWith("Entries missing from the delivery log: 1.", host.Logs.Single(record => record.Id.Id == 73).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InsertAsync_AnswerWasLost_RepeatWritesNothingTwice()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();
        await database.UntilAsync(0);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var store = new DeliveryLogStore(source, new DeliveryLogTable(new PostgreSqlInvitationDeliveryLogOptions()));
        var entry = new DeliveryLogEntry
        {
            Time = LogHost.Now,
            Event = InvitationEvent.Created,
            NetworkId = "a",
            Progress = NotificationProgress.Completed,
        };

        await store.InsertAsync([new(1, entry)], TestContext.Current.CancellationToken);
        await store.InsertAsync([new(1, entry), new(2, entry)], TestContext.Current.CancellationToken);

        Assert.Equal([2], await database.CountAsync());
    }

    [Fact]
    public async Task Start_OlderThanRetention_IsDeletedAndTheRestStays()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (var first = await database.StartLogAsync())
        {
            await database.UntilAsync(0);
        }

        await database.ExecuteAsync(
            $"""
            INSERT INTO {LogHost.Table} (writer, number, time, event, network_id, delivery, attempts, duration, progress)
            SELECT 1, n, now() - CASE WHEN n <= 25000 THEN interval '8 days' ELSE interval '6 days' END, 'Created', 'a', 1, 1, '1 second', 'Completed'
            FROM generate_series(1, 25010) AS n
            """);
        await using var host = await database.StartLogAsync(options => options.Retention = TimeSpan.FromDays(7));

        await database.UntilAsync(10);
    }

    [Fact]
    public async Task Start_ProcessOnlyAsksAndSetsNoRetention_DeletesNothing()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var writer = await database.StartLogAsync(options => options.Retention = TimeSpan.FromDays(90));
        await database.UntilAsync(0);
        await InsertAsync(database, "60 days", 5);
        var before = await DeletesAsync();
        await using var reader = await database.StartLogAsync();

        // Its first pass is when it starts.
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(5, (await reader.QueryAsync()).Count);
        Assert.Equal(before, await DeletesAsync());

        async Task<long> DeletesAsync() => (await database.ReadAsync<long>($"SELECT n_tup_del FROM pg_stat_user_tables WHERE relname = '{LogHost.Table}'"))[0];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_DatabaseIsSlow_DeletesInSmallerSteps(bool isLimitOfTheServer)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (var first = await database.StartLogAsync())
        {
            await database.UntilAsync(0);
        }

        await InsertAsync(database, "60 days", 1_000);
        await database.ExecuteAsync(
            $"""
            CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.005); RETURN OLD; END $$;
            CREATE TRIGGER be_slow BEFORE DELETE ON {LogHost.Table} FOR EACH ROW EXECUTE FUNCTION be_slow();
            """);
        NpgsqlConnectionStringBuilder connectionString = new(database.ConnectionString);
        _ = isLimitOfTheServer ? connectionString.Options = "-c statement_timeout=2000" : $"{connectionString.CommandTimeout = 2}";
        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationDeliveryLog(
            connectionString.ConnectionString, options => options.Retention = TimeSpan.FromDays(30)));

        await database.UntilAsync(0);
    }

    [Fact]
    public async Task Start_DeletingTakesTooLongAlways_IsSaid()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (var first = await database.StartLogAsync())
        {
            await database.UntilAsync(0);
        }

        await InsertAsync(database, "60 days", 1);
        await database.ExecuteAsync(
            $"""
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57014', MESSAGE = 'too slow'; END $$;
            CREATE TRIGGER fail BEFORE DELETE ON {LogHost.Table} FOR EACH ROW EXECUTE FUNCTION fail();
            """);
        await using var host = await database.StartLogAsync(options => options.Retention = TimeSpan.FromDays(30));

        await Eventually.BecomesAsync(() => host.CountLogs(74) == 1, "the log says so");
        Assert.Contains("too slow (57014)", host.Logs.Single(record => record.Id.Id == 74).Message, StringComparison.Ordinal);
        await host.ReportAsync(LogHost.Report("a"));
        await database.UntilAsync(2);
        Assert.Equal(0, host.CountLogs(71));
    }

    [Fact]
    public async Task Report_ServerWasDemotedAndAnotherOneFollows_IsWrittenThere()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();
        await host.ReportAsync(LogHost.Report("a"));
        await database.UntilAsync(1);
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await database.ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_read_only = on");
        await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await host.ReportAsync(LogHost.Report("b"));
        await Eventually.BecomesAsync(() => host.CountLogs(71) == 1, "the log says so");
        await Task.Delay(TimeSpan.FromSeconds(0.5));
        await database.ExecuteAsync($"SET transaction_read_only = off; ALTER DATABASE {name} SET default_transaction_read_only = off");

        await database.UntilAsync(2);
    }

    [Fact]
    public async Task Report_HostHasStopped_IsCountedAndSaid()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var host = await database.StartLogAsync();
        await database.UntilAsync(0);
        var logs = host.Services.GetFakeLogCollector();
        await host.StopAsync();

        await host.ReportAsync(LogHost.Report("late"), LogHost.Report("later"));
        await host.DisposeAsync();

        Assert.StartsWith(
            "Entries missing from the delivery log: 2.", logs.GetSnapshot().Single(record => record.Id.Id == 82).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_NoHostRuns_IsCountedAndSaid()
    {
        var host = TestHost.Build(services => services.AddPostgreSqlInvitationDeliveryLog("Host=127.0.0.1;Port=1;Username=someone"));
        var logs = host.Services.GetFakeLogCollector();

        await host.ReportAsync(Enumerable.Range(0, 10_003).Select(number => LogHost.Report("a", number)));
        await host.DisposeAsync();

        Assert.StartsWith(
            "Entries missing from the delivery log: 10003.", logs.GetSnapshot().Single(record => record.Id.Id == 82).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAsync_EntriesWait_AreWrittenEvenThoseOfServicesThatStopLater()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (var first = await database.StartLogAsync())
        {
            await database.UntilAsync(0);
        }

        // Services stop in the reverse order of their registration.
        var host = await database.StartLogAsync(register: services => services.AddHostedService<LateReporter>());
        await host.ReportAsync(LogHost.Report("early"));
        await host.StopAsync();

        Assert.Equal([2], await database.CountAsync());
        Assert.Equal(0, host.CountLogs(73));
        await host.DisposeAsync();
    }

    [Fact]
    public async Task StopAsync_DatabaseIsDown_ComesToAnEndAndSaysHowManyAreMissing()
    {
        await using var host = await TestHost.StartAsync(
            services => services.AddPostgreSqlInvitationDeliveryLog("Host=127.0.0.1;Port=1;Username=someone;Password=topsecret"));
        await host.ReportAsync(LogHost.Report("a"), LogHost.Report("a"));

        await host.StopAsync();

        Assert.StartsWith("Entries missing from the delivery log: 2.", host.Logs.Single(record => record.Id.Id == 73).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs, record => record.Message.Contains("topsecret", StringComparison.Ordinal));

        // Once, not again when the container is disposed.
        Assert.IsType<IDisposable>(host.Services.GetRequiredService<IDeliveryLog>(), exactMatch: false).Dispose();
        Assert.Equal(0, host.CountLogs(82));
    }

    private static Task InsertAsync(PostgresDatabase database, string age, int count) => database.ExecuteAsync(
        $"""
        INSERT INTO {LogHost.Table} (writer, number, time, event, network_id, delivery, attempts, duration, progress)
        SELECT 1, n, now() - interval '{age}', 'Created', 'a', 1, 1, '1 second', 'Completed' FROM generate_series(1, {count}) AS n
        """);

    private sealed class LateReporter(IEnumerable<INotificationObserver> observers) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            foreach (var observer in observers)
            {
                await observer.OnNotifiedAsync(LogHost.Report("late"), cancellationToken);
            }
        }
    }
}
