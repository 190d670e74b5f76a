using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Faults;

/// <summary>Whatever the database goes through, no invitation is lost, none goes dead before its time, and few arrive twice.</summary>
[Trait("Category", "postgres")]
public sealed class DatabaseFaultTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Defer_DatabaseRefusesForAWhile_UsesNoRedeliveryAndIsDeferredOnce()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), new RedeliverySchedule(TimeSpan.FromHours(1), TimeSpan.FromHours(1)));

        // As a full disk does, for everything that is deferred or dies.
        await database.ExecuteAsync(
            $"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE OF redeliveries, reason ON {TestQueue.Table} FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await host.EnqueueAsync(Samples.Many(3));
        await Eventually.BecomesAsync(() => host.CountLogs(63) > 0, "the database has refused");
        await Task.Delay(TimeSpan.FromSeconds(1));
        await database.ExecuteAsync($"DROP TRIGGER refuse ON {TestQueue.Table}");

        await TestQueue.UntilAsync(async () => (await queue.DelaysAsync()) is { Count: 3 } delays && delays.All(delay => delay > 60), "all are deferred");
        Assert.Equal([1, 1, 1], await database.ReadAsync<int>($"SELECT redeliveries FROM {TestQueue.Table}"));
        Assert.Equal(3, provider.Requests.Count);
        Assert.Equal(1, host.CountLogs(63));
        await Eventually.BecomesAsync(() => host.CountLogs(64) == 1, "the log says that it works again");
    }

    [Fact]
    public async Task Receive_DiskFullForAWhile_AllArriveAndNoneIsDead()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        Assert.SkipUnless(Environment.UserName == "root" && OperatingSystem.IsLinux(), "Only root can give the server a small disk.");
        await using var server = await PostgresServer.CreateAsync("180m");
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        var isUp = false;
        await using var provider = RawProvider.Playing(connection => connection.AnswerAllAsync(
            Volatile.Read(ref isUp) ? Answers.NoContent : Answers.Status(503)));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), new RedeliverySchedule(Enumerable.Repeat(TimeSpan.FromSeconds(1), 1000)));
        await host.EnqueueAsync(Samples.Many(50));
        await Eventually.BecomesAsync(() => provider.Requests.Count > 60, "invitations are deferred");

        await FillAsync(server.FileOnDisk);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            // Until the space within the files is used up too.
            for (var number = 0; number < 1_000; number++)
            {
                await database.ExecuteAsync("CREATE TABLE IF NOT EXISTS filler AS SELECT repeat('x', 1000) FROM generate_series(1, 1000); INSERT INTO filler SELECT * FROM filler LIMIT 1000");
            }
        });
        await Task.Delay(TimeSpan.FromSeconds(2));
        File.Delete(server.FileOnDisk);
        await server.StopAsync();
        await server.StartAsync();
        Volatile.Write(ref isUp, true);

        await queue.UntilEmptyAsync();
        Assert.Equal(50, Arrivals.Of(provider).Distinct().Count());
        Assert.Equal(0, await queue.CountAsync(TestQueue.Dead));
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task Receive_ServerIsKilledAndIsBack_NothingIsLostAndFewArriveTwice()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(async connection =>
        {
            if (await connection.ReadRequestAsync() > 20)
            {
                await killed.Task.WaitAsync(connection.Stop);
            }

            await connection.SendAsync(Answers.NoContent);
        });
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));
        await host.EnqueueAsync(Samples.Many(60));
        await Eventually.BecomesAsync(() => provider.Requests.Count == 20 + TestQueue.Parallelism, "some are done, and some under way");

        await server.KillAsync();
        killed.SetResult();
        await server.StartAsync();

        await Arrivals.UntilAsync(provider, 60);
        await queue.UntilEmptyAsync();

        // Completions are committed without waiting for the disk: those of the last moments before the crash can be undone.
        Assert.InRange(provider.Requests.Count, 60, 60 + 20 + TestQueue.Parallelism);
        Assert.Equal(0, await queue.CountAsync(TestQueue.Dead));
    }

    [Fact]
    public async Task Receive_ConnectionsFallSilent_AllArrive()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        NpgsqlConnectionStringBuilder connectionString = new(database.ConnectionString);
        await using var proxy = new SilentProxy(connectionString.Port);
        connectionString.Port = proxy.Port;
        connectionString.CommandTimeout = 2;
        connectionString.CancellationTimeout = -1;
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(connectionString.ConnectionString));
        await host.EnqueueAsync(Samples.Many(10));
        await Arrivals.UntilAsync(provider, 10);

        proxy.Silence();
        await new TestQueue(database).CopyAsync(from: 11, count: 10);

        await Arrivals.UntilAsync(provider, 20);
        await new TestQueue(database).UntilEmptyAsync();
        await host.EnqueueAsync(Samples.Numbered(21));
        await Arrivals.UntilAsync(provider, 21);
    }

    [Fact]
    public async Task Receive_NoConnectionLeft_GoesOnWhenThereIs()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        await database.ExecuteAsync("CREATE ROLE app LOGIN PASSWORD 'app'; GRANT ALL ON SCHEMA public TO app");
        await database.ExecuteAsync("ALTER SYSTEM SET max_connections = 20");
        await server.StopAsync();
        await server.StartAsync();
        NpgsqlConnectionStringBuilder connectionString = new(database.ConnectionString) { Username = "app", Password = "app", ConnectionIdleLifetime = 1, ConnectionPruningInterval = 1 };
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(connectionString.ConnectionString));
        await host.EnqueueAsync(Samples.Numbered(1));
        await Arrivals.UntilAsync(provider, 1);

        // Somebody else takes all there are.
        List<NpgsqlConnection> others = [];
        while (host.CountLogs(63) == 0)
        {
            NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(connectionString.ConnectionString) { Pooling = false, ApplicationName = "other" }.ConnectionString);
            try
            {
                await connection.OpenAsync();
                others.Add(connection);
            }
            catch (NpgsqlException)
            {
                await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app' AND application_name <> 'other'");
            }
        }

        await new TestQueue(database).CopyAsync(from: 2, count: 5);
        foreach (var connection in others)
        {
            await connection.DisposeAsync();
        }

        await Arrivals.UntilAsync(provider, 6);
        await new TestQueue(database).UntilEmptyAsync();
        Assert.Equal(6, provider.Requests.Count);
    }

    [Fact]
    public async Task Receive_TableIsDroppedAndCreatedAgain_GoesOn()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));
        await host.EnqueueAsync(Samples.Numbered(1));
        await Arrivals.UntilAsync(provider, 1);

        await database.ExecuteAsync($"DROP TABLE {TestQueue.Table}");
        await TestQueue.UntilAsync(
            async () => (await database.ReadAsync<bool>($"SELECT to_regclass('{TestQueue.Table}') IS NOT NULL"))[0], "the table is there again");
        await host.EnqueueAsync(Samples.Numbered(2));

        await Arrivals.UntilAsync(provider, 2);
        await queue.UntilEmptyAsync();
    }

    [Fact]
    public async Task EnqueueAsync_ThroughPgBouncerInTransactionMode_AllArrive()
    {
        Assert.SkipWhen(PgBouncer.Program is null, "PgBouncer is not installed.");
        await using var database = await postgres.CreateDatabaseAsync();
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString);
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(bouncer.ConnectionString, options =>
            {
                options.UsesConnectionPooler = true;
                options.Redelivery = new RedeliverySchedule(TimeSpan.Zero);
            }));

        await Task.WhenAll(Samples.Many(200).Chunk(20).Select(chunk => host.EnqueueAsync(chunk)));

        await Arrivals.UntilAsync(provider, 200);
        await queue.UntilEmptyAsync();
        Assert.Equal(201, provider.Requests.Count);
        Assert.Empty(host.Logs.Where(record => record.Id.Id == 63).Select(record => record.Message));
    }

    // Until nothing more fits.
    private static async Task FillAsync(string path)
    {
        await using var file = File.Create(path);
        try
        {
            while (true)
            {
                await file.WriteAsync(new byte[64 * 1024]);
                await file.FlushAsync();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
