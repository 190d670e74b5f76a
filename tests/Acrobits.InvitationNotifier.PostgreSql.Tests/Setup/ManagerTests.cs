using System.Diagnostics;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Setup;

[Trait("Category", "postgres")]
public sealed class ManagerTests(PostgresFixture postgres)
{
    [Fact]
    public async Task GetStatusAsync_ReadyDeferredAndDead_AreCountedByNetwork()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await new TestQueue(database).StartSenderAsync();
        foreach (var network in new[] { "one", "one", "one", "other", "other", "žluť" })
        {
            await host.EnqueueAsync(new Invitation("1", "2", network));
        }

        await database.ExecuteAsync(
            $"""
            UPDATE {TestQueue.Table} SET visible = now() + interval '1 h' * id WHERE id IN (2, 3);
            UPDATE {TestQueue.Table} SET visible = now() + interval '30 s', lease = 7 WHERE id = 4;
            UPDATE {TestQueue.Table} SET recipient = '{TestQueue.Dead}' WHERE id = 5;
            UPDATE {TestQueue.Table} SET visible = now() - interval '1 h' * id WHERE id IN (1, 6);
            """);

        var status = await host.Manager.GetStatusAsync();

        Assert.Equal(["one", "other", "žluť"], status.Select(network => network.NetworkId));
        Assert.Equal((1L, 2L, 0L), (status[0].Ready, status[0].Deferred, status[0].Dead));
        Assert.InRange(status[0].DeferredUntil!.Value, DateTimeOffset.UtcNow.AddMinutes(100), DateTimeOffset.UtcNow.AddMinutes(130));
        Assert.Equal(new InvitationQueueStatus("other", 1, 0, null, 1), status[1]);
        Assert.Equal(new InvitationQueueStatus("žluť", 1, 0, null, 0), status[2] with { ReadySince = null });
        AssertAge(1, status[0].ReadySince);
        AssertAge(6, status[2].ReadySince);
        var total = await host.Manager.GetTotalAsync();
        Assert.Equal((null, 3L, 2L, status[0].DeferredUntil, 1L), (total.NetworkId, total.Ready, total.Deferred, total.DeferredUntil, total.Dead));
        Assert.Equal(status[2].ReadySince, total.ReadySince);
        Assert.Equal([status[1]], await host.Manager.GetStatusAsync("other"));
        Assert.Empty(await host.Manager.GetStatusAsync("ONE"));

        static void AssertAge(int hours, DateTimeOffset? since) => Assert.InRange(
            DateTimeOffset.UtcNow - since!.Value, TimeSpan.FromHours(hours) - TimeSpan.FromMinutes(1), TimeSpan.FromHours(hours) + Eventually.Limit);
    }

    [Fact]
    public async Task GetTotalAsync_ManyMessages_StopsCountingAndReadsFewOfThem()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithManyAsync(database, ready: 100, deferred: 15_000, dead: 85_000);
        await database.ExecuteAsync($"ANALYZE {TestQueue.Table}");

        var total = await host.Manager.GetTotalAsync();
        var read = await CountRowsReadAsync(database, store => store.CountTotalAsync(TestContext.Current.CancellationToken));

        Assert.Equal((100L, 10_000L, 10_000L), (total.Ready, total.Deferred, total.Dead));
        Assert.InRange(read, 20_000, 40_000);
    }

    [Fact]
    public async Task ExpireAsync_NothingIsOldEnough_ReadsFewRows()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithManyAsync(database, ready: 0, deferred: 0, dead: 50_000);
        await database.ExecuteAsync($"ANALYZE {TestQueue.Table}; UPDATE {TestQueue.Table} SET visible = now() - interval '2 h', died = now() - interval '2 h' WHERE id = 7");

        var read = await CountRowsReadAsync(database, async store =>
            Assert.Equal(1, await store.ExpireAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken)));

        Assert.InRange(read, 1, 1_000);
    }

    [Fact]
    public async Task GetDeadAsync_CallerTakesItsTime_NoTransactionAndNoConnectionIsHeld()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithManyAsync(database, ready: 0, deferred: 0, dead: 1_234);
        HashSet<string> ids = [];
        await foreach (var dead in host.Manager.GetDeadAsync())
        {
            if (ids.Count is 0 or 1_000)
            {
                Assert.Equal([0], await database.ReadAsync<long>(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND (state <> 'idle' OR backend_xmin IS NOT NULL)"));

                // What dies meanwhile is for the next call.
                await database.ExecuteAsync(
                    $"INSERT INTO {TestQueue.Table} (recipient, visible, headers, body, network_id, invitation_id, died) VALUES ('{TestQueue.Dead}', now(), '', '', 'late', 'late', now())");
            }

            Assert.True(ids.Add(dead.InvitationId!));
        }

        Assert.Equal(1_234, ids.Count);
        Assert.DoesNotContain("late", ids);
    }

    [Fact]
    public async Task RequeueAsync_ReasonAsItIsShown_Matches()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithDeadAsync(database);
        await database.ExecuteAsync($"UPDATE {TestQueue.Table} SET reason = NULL WHERE id = 3");

        foreach (var dead in await host.Manager.GetDeadAsync().ToListAsync())
        {
            Assert.Contains(dead, await host.Manager.GetDeadAsync(new() { Reason = dead.Reason }).ToListAsync());
        }

        Assert.Equal(1, await host.Manager.RequeueAsync(new() { Reason = "unknown" }));
    }

    // As functions: a report of the tests could not hold some of the values.
    public static TheoryData<string, int, Func<DeadInvitationFilter>> Extremes => new()
    {
        { "older than time itself", 0, static () => new() { MinAge = TimeSpan.MaxValue } },
        { "older than the future", 4, static () => new() { MinAge = TimeSpan.MinValue } },
        { "younger than time itself", 4, static () => new() { MaxAge = TimeSpan.MaxValue } },
        { "younger than the future", 0, static () => new() { MaxAge = TimeSpan.MinValue } },
        { "a network id with NUL", 0, static () => new() { NetworkId = "one\0" } },
        { "half of a surrogate pair", 0, static () => new() { InvitationId = "\ud800", Reason = "\0" } },
    };

    [Theory]
    [MemberData(nameof(Extremes), DisableDiscoveryEnumeration = true)]
    public async Task DiscardAsync_ExtremeFilter_SelectsWhatItSays(string name, int expected, Func<DeadInvitationFilter> create)
    {
        var filter = create();
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithDeadAsync(database);

        Assert.Equal((name, expected), (name, await host.Manager.GetDeadAsync(filter).CountAsync()));
        Assert.Equal((name, expected), (name, await host.Manager.DiscardAsync(filter)));
    }

    [Fact]
    public async Task RequeueAsync_DataSourceWithTypesOfItsOwn_Works()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await StartWithDeadAsync(database))
        {
        }

        await using var source = MomentPlugin.CreateDataSource(database.ConnectionString);
        await using (var command = source.CreateCommand("SELECT now()"))
        {
            Assert.IsType<MomentPlugin.Moment>(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }

        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationQueue(source, options => options.Deliver = false));

        Assert.Equal(4, (await host.Manager.GetDeadAsync().ToListAsync()).Count);
        Assert.Equal(1, await host.Manager.RequeueAsync(new() { InvitationId = "id-1" }));
        Assert.Equal(3, await host.Manager.DiscardAsync(new() { MinAge = TimeSpan.FromMinutes(-1) }));
        Assert.Equal(1, (await host.Manager.GetStatusAsync()).Sum(network => network.Ready));
    }

    [Fact]
    public async Task GetStatusAsync_ContainerIsDisposedSynchronously_Works()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await StartWithDeadAsync(database))
        {
        }

        var services = new ServiceCollection().AddLogging()
            .AddPostgreSqlInvitationQueue(database.ConnectionString)
            .AddPostgreSqlInvitationDeliveryLog(database.ConnectionString);
        using var provider = services.AddTestNotifier("http://127.0.0.1/").BuildServiceProvider();

        Assert.Equal(4, (await provider.GetRequiredService<IInvitationQueueManager>().GetStatusAsync()).Sum(network => network.Dead));
        Assert.NotNull(provider.GetRequiredService<IDeliveryLog>());
        Assert.NotNull(provider.GetRequiredService<IInvitationQueue>());
    }

    public static TheoryData<string, DeadInvitationFilter> Filters => new()
    {
        { "1 2 3 4", new() },
        { "1 3", new() { NetworkId = "one" } },
        { "2", new() { InvitationId = "id-2" } },
        { "1 4", new() { Reason = "It rained." } },
        { "4", new() { Event = InvitationEvent.Accepted } },
        { "1 2", new() { MinAge = TimeSpan.FromMinutes(90) } },
        { "3 4", new() { MaxAge = TimeSpan.FromMinutes(90) } },
        { "1", new() { NetworkId = "one", Reason = "It rained.", MinAge = TimeSpan.FromHours(1) } },
        { "", new() { NetworkId = "one", InvitationId = "id-2" } },
    };

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public async Task RequeueAsync_Filter_PutsBackThoseAndNoOthers(string ids, DeadInvitationFilter filter)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithDeadAsync(database);

        Assert.Equal(ids, Join(await host.Manager.GetDeadAsync(filter).Select(dead => dead.InvitationId![3..]).ToListAsync()));
        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, await host.Manager.RequeueAsync(filter));

        Assert.Equal(ids, await InvitationsAsync(database, $"recipient = '{TestQueue.Name}' AND visible <= now() AND redeliveries = 0 AND died IS NULL AND reason IS NULL"));
        Assert.Equal(4 - ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, (await host.Manager.GetStatusAsync()).Sum(network => network.Dead));
    }

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public async Task DiscardAsync_Filter_DeletesThoseAndNoOthers(string ids, DeadInvitationFilter filter)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithDeadAsync(database);

        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, await host.Manager.DiscardAsync(filter));

        Assert.Equal(Join("1234".Select(id => id.ToString()).Except(ids.Split(' '))), await InvitationsAsync(database, "true"));
    }

    [Fact]
    public async Task RequeueAsync_ManyAtATime_EachIsPutBackOnce()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithManyAsync(database, ready: 0, deferred: 0, dead: 25_000);

        var moved = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => host.Manager.RequeueAsync(new()))));

        Assert.Equal(25_000, moved.Sum());
        Assert.Equal(25_000, (await host.Manager.GetStatusAsync()).Sum(network => network.Ready));
    }

    [Fact]
    public async Task GetStatusAsync_ManyMessages_ReadsNoBodies()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await StartWithManyAsync(database, ready: 10_000, deferred: 95_000, dead: 95_000);
        await host.Manager.GetStatusAsync();

        var clock = Stopwatch.StartNew();
        var status = await host.Manager.GetStatusAsync();
        var taken = clock.Elapsed;
        clock.Restart();
        await database.ReadAsync<byte[]>($"SELECT headers || body FROM {TestQueue.Table}");
        var withBodies = clock.Elapsed;

        Assert.Equal((10_000L, 95_000L, 95_000L), (status.Sum(network => network.Ready), status.Sum(network => network.Deferred), status.Sum(network => network.Dead)));
        TestContext.Current.TestOutputHelper!.WriteLine($"200,000 messages: {taken.TotalMilliseconds:F0} ms; what they consist of: {withBodies.TotalMilliseconds:F0} ms.");
        Assert.InRange(taken, TimeSpan.Zero, withBodies);
    }

    [Fact]
    public async Task Deliver_RetentionOfTheDead_OlderOnesAreDeletedAndSaid()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await StartWithDeadAsync(database))
        {
        }

        await using var host = await new TestQueue(database).StartAsync(
            "http://127.0.0.1:1/", configure: options => options.DeadLetterRetention = TimeSpan.FromMinutes(90));

        await Eventually.BecomesAsync(() => host.CountLogs(69) == 1, "the log says so");
        Assert.Equal("3 4", await InvitationsAsync(database, "true"));
    }

    [Fact]
    public async Task GetStatusAsync_NoTableYet_SaysSo()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = TestHost.Build(services => services.AddPostgreSqlInvitationQueue(database.ConnectionString, options => options.Deliver = false));

        foreach (var call in new Func<Task>[]
        {
            () => host.Manager.GetStatusAsync(),
            () => host.Manager.GetDeadAsync().ToListAsync().AsTask(),
            () => host.Manager.RequeueAsync(new()),
            () => host.Manager.DiscardAsync(new()),
        })
        {
            Assert.Contains("public.invitation_messages", (await Assert.ThrowsAsync<InvalidOperationException>(call)).Message, StringComparison.Ordinal);
        }
    }

    // 1 and 3 belong to network "one"; 1 and 4 have the same reason; 4 is of the other event; each is an hour younger.
    private static async Task<TestHost> StartWithDeadAsync(PostgresDatabase database)
    {
        var host = await new TestQueue(database).StartSenderAsync();
        for (var number = 1; number <= 4; number++)
        {
            await host.EnqueueAsync(new Invitation("1", "2", number % 2 == 1 ? "one" : "other")
            {
                Id = $"id-{number}",
                Event = number == 4 ? InvitationEvent.Accepted : InvitationEvent.Created,
            });
        }

        await database.ExecuteAsync(
            $"""
            UPDATE {TestQueue.Table} SET recipient = '{TestQueue.Dead}', died = now() - interval '1 h' * (4 - id), visible = now() - interval '1 h' * (4 - id),
                redeliveries = 3, reason = CASE WHEN id IN (1, 4) THEN 'It rained.' ELSE 'It snowed.' END
            """);
        return host;
    }

    private static async Task<TestHost> StartWithManyAsync(PostgresDatabase database, int ready, int deferred, int dead)
    {
        var host = await new TestQueue(database).StartSenderAsync();
        await host.EnqueueAsync(Samples.Invitation);
        await database.ExecuteAsync(
            $"""
            CREATE TABLE kept AS SELECT * FROM {TestQueue.Table};
            DELETE FROM {TestQueue.Table};
            INSERT INTO {TestQueue.Table} (recipient, visible, headers, body, event, network_id, invitation_id, died, reason)
            SELECT CASE WHEN n > {ready + deferred} THEN '{TestQueue.Dead}' ELSE recipient END,
                CASE WHEN n > {ready} AND n <= {ready + deferred} THEN now() + interval '1 d' ELSE now() END,
                headers, body, event, 'network' || n % 50, gen_random_uuid(), CASE WHEN n > {ready + deferred} THEN now() END, CASE WHEN n > {ready + deferred} THEN 'Why.' END
            FROM kept, generate_series(1, {ready + deferred + dead}) AS n;
            """);
        return host;
    }

    private static async Task<long> CountRowsReadAsync(PostgresDatabase database, Func<DeadLetterStore, Task> call)
    {
        var before = await RowsReadAsync(database);
        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
        {
            await call(new DeadLetterStore(source, new QueueTable(new PostgreSqlInvitationQueueOptions())));
        }

        return await RowsReadAsync(database) - before;
    }

    // Of the table, with or without an index.
    private static async Task<long> RowsReadAsync(PostgresDatabase database)
    {
        // Backends report when they end.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        return (await database.ReadAsync<long>(
            $"SELECT seq_tup_read + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = '{TestQueue.Table}')::bigint FROM pg_stat_user_tables WHERE relname = '{TestQueue.Table}'"))[0];
    }

    private static async Task<string> InvitationsAsync(PostgresDatabase database, string condition) => Join(await database.ReadAsync<string>(
        $"SELECT substr(invitation_id, 4) FROM {TestQueue.Table} WHERE {condition} ORDER BY id"));

    private static string Join(IEnumerable<string> ids) => string.Join(' ', ids);
}
