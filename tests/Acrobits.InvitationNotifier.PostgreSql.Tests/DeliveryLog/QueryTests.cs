using System.Net;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.DeliveryLog;

[Trait("Category", "postgres")]
public sealed class QueryTests(PostgresFixture postgres)
{
    [Fact]
    public async Task QueryAsync_TwoHostsDeliver_ThirdHasTheEntriesOfBothNewestFirst()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.NoContent);
        await using var direct = await database.StartLogAsync(register: services => services.AddTestNotifier(provider.Url(Arrivals.Template)));
        await using var queued = await new TestQueue(database).StartAsync(
            provider.Url(Arrivals.Template), register: services => services.AddPostgreSqlInvitationDeliveryLog(database.ConnectionString));
        await using var reader = await database.StartLogAsync();

        await queued.EnqueueAsync(Samples.Invitation with { Id = "queued" });
        await database.UntilAsync(2);
        await direct.Services.GetRequiredService<IInvitationNotifier>().NotifyAsync(
            Samples.Invitation with { Id = "direct" }, TestContext.Current.CancellationToken);
        await database.UntilAsync(3);

        var entries = await reader.QueryAsync();
        Assert.Equal([("direct", 1), ("queued", 2), ("queued", 1)], entries.Select(entry => (entry.InvitationId, entry.Delivery)));
        Assert.Equal(
            (NotificationOutcome.Rejected, HttpStatusCode.ServiceUnavailable, "The provider answered 503 instead of 204.", 1, NotificationProgress.Deferred),
            (entries[2].Outcome, entries[2].StatusCode, entries[2].Reason, entries[2].Attempts, entries[2].Progress));
        Assert.NotNull(entries[2].NextDelivery);
        Assert.Equal(NotificationProgress.Completed, entries[1].Progress);
        foreach (var row in await database.ReadAsync<string>($"SELECT one::text FROM {LogHost.Table} AS one"))
        {
            Samples.AssertKept(row);
        }

        Samples.AssertKept(queued);
        Samples.AssertKept(direct);
    }

    [Fact]
    public async Task QueryAsync_Entry_HasAllOfTheReport()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();

        await host.ReportAsync(new NotificationReport
        {
            Invitation = Samples.Invitation with { NetworkId = "mynetwork", Event = InvitationEvent.Accepted, Id = "order-4711" },
            Result = new NotificationResult
            {
                Outcome = NotificationOutcome.Rejected,
                StatusCode = HttpStatusCode.ServiceUnavailable,
                Reason = "The provider answered 503 instead of 204.",
                Attempts = 3,
                Duration = TimeSpan.FromMilliseconds(2_345),
            },
            Delivery = 2,
            Progress = NotificationProgress.Deferred,
            NextDelivery = LogHost.Now.AddMinutes(5),
            Time = LogHost.Now.ToOffset(TimeSpan.FromHours(2)),
        });
        await database.UntilAsync(1);

        Assert.Equal(
            new DeliveryLogEntry
            {
                Time = LogHost.Now,
                Event = InvitationEvent.Accepted,
                NetworkId = "mynetwork",
                InvitationId = "order-4711",
                Delivery = 2,
                Outcome = NotificationOutcome.Rejected,
                StatusCode = HttpStatusCode.ServiceUnavailable,
                Reason = "The provider answered 503 instead of 204.",
                Attempts = 3,
                Duration = TimeSpan.FromMilliseconds(2_345),
                Progress = NotificationProgress.Deferred,
                NextDelivery = LogHost.Now.AddMinutes(5),
            },
            Assert.Single(await host.QueryAsync()));
    }

    [Fact]
    public async Task QueryAsync_EachCriterion_ReturnsWhatTheLogInMemoryReturns()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();
        await using var memory = await TestHost.StartAsync(services => services.AddInvitationDeliveryLog());
        NotificationReport[] reports =
        [
            .. Enumerable.Range(0, 60).Select(number => LogHost.Report(
                $"network {number % 3}", number / 2, number % 5 == 0 ? null : (NotificationOutcome)(number % 5), (NotificationProgress)(number % 4)) with
            { Delivery = number + 1 }),
            LogHost.Report("accepted", 40) with { Invitation = new("1", "2", "accepted") { Event = InvitationEvent.Accepted, Id = "x" } },
            LogHost.Report("no id", 41) with { Invitation = new("1", "2", "no id") },
            LogHost.Report("O'Brien; --", 42),
            LogHost.Report(new string('ž', 5_000), 43),
            LogHost.Report(new string('ž', 4_999) + "x", 44),
        ];
        await host.ReportAsync(reports);
        await memory.ReportAsync(reports);
        await database.UntilAsync(reports.Length);

        DeliveryLogQuery[] queries =
        [
            new(),
            new() { Skip = 3, Limit = 2 },
            new() { Skip = 1_000 },
            new() { Skip = 60, Limit = int.MaxValue },
            new() { NetworkId = "network 1" },
            new() { NetworkId = "Network 1" },
            new() { NetworkId = "O'Brien; --" },
            new() { NetworkId = "" },
            new() { NetworkId = new string('ž', 5_000) },
            new() { InvitationId = "x" },
            new() { InvitationId = "order-7" },
            new() { InvitationId = "order" },
            new() { Event = InvitationEvent.Accepted },
            new() { Event = InvitationEvent.Created, Limit = 1 },
            .. Enum.GetValues<NotificationOutcome>().Select(outcome => new DeliveryLogQuery { Outcome = outcome }),
            .. Enum.GetValues<NotificationProgress>().Select(progress => new DeliveryLogQuery { Progress = progress }),
            new() { From = LogHost.Now.AddMinutes(10), To = LogHost.Now.AddMinutes(12) },
            new() { From = LogHost.Now.AddMinutes(10).ToOffset(TimeSpan.FromHours(-7)) },
            new() { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue },
            new() { To = LogHost.Now },
            new() { NetworkId = "network 2", Outcome = NotificationOutcome.Rejected, From = LogHost.Now.AddMinutes(5), Skip = 1, Limit = 3 },
        ];
        foreach (var query in queries)
        {
            Assert.Equal(await memory.QueryAsync(query), await host.QueryAsync(query));
        }
    }

    [Fact]
    public async Task QueryAsync_TextThatPostgreSqlCannotStore_IsReplacedAndFound()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();

        await host.ReportAsync(LogHost.Report("nul\0"), LogHost.Report("whole😀"));
        await database.UntilAsync(2);

        Assert.Equal("nul\uFFFD", Assert.Single(await host.QueryAsync(new() { NetworkId = "nul\0" })).NetworkId);
        Assert.Empty(await host.QueryAsync(new() { NetworkId = "half\uD83D" }));
        Assert.Single(await host.QueryAsync(new() { NetworkId = "whole😀" }));
    }

    [Fact]
    public async Task QueryAsync_EntriesOfALaterVersion_DoNotHideTheOthers()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();
        await host.ReportAsync(LogHost.Report("a"));
        await database.UntilAsync(1);
        await database.ExecuteAsync(
            $"""
            INSERT INTO {LogHost.Table} (writer, number, time, event, network_id, delivery, outcome, reason, attempts, duration, progress) VALUES
                (1, 1, now() - interval '1 h', 'Withdrawn', 'b', 1, 'Delivered', 'Why.', 1, '1 second', 'Completed'),
                (1, 2, now() - interval '2 h', 'Created', 'b', 1, 'Throttled', 'Why.', 1, '1 second', 'Completed'),
                (1, 3, now() - interval '3 h', 'Created', 'b', 1, 'Delivered', 'Why.', 1, '1 second', 'Archived');
            """);

        var entries = await host.QueryAsync(new() { NetworkId = "b" });

        Assert.Equal(["Why.", "Why.", "Why."], entries.Select(entry => entry.Reason));
        Assert.Equal([false, true, true], entries.Select(entry => Enum.IsDefined(entry.Event)));
        Assert.Equal([true, false, true], entries.Select(entry => Enum.IsDefined(entry.Outcome!.Value)));
        Assert.Equal([true, true, false], entries.Select(entry => Enum.IsDefined(entry.Progress)));
        Assert.Equal(4, (await host.QueryAsync()).Count);
    }

    [Fact]
    public async Task QueryAsync_InATransactionScopeWithOtherConnections_Works()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationDeliveryLog(source));
        await host.ReportAsync(LogHost.Report("a"));
        await database.UntilAsync(1);

        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var connection = new NpgsqlConnection(database.ConnectionString);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            Assert.Single(await host.QueryAsync());
        }
    }

    [Fact]
    public async Task QueryAsync_Cancelled_Throws()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await host.Services.GetRequiredService<IDeliveryLog>().QueryAsync(cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task QueryAsync_ManyRows_IsServedByIndexes()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await database.StartLogAsync();
        await database.UntilAsync(0);
        await database.ExecuteAsync(
            $"""
            INSERT INTO {LogHost.Table} (writer, number, time, event, network_id, invitation_id, delivery, outcome, attempts, duration, progress)
            SELECT 1, n, now() - n * interval '1 second', 'Created', 'network ' || n % 500, 'order-' || n, 1, 'Delivered', 1, '1 second', 'Completed'
            FROM generate_series(1, 50000) AS n;
            ANALYZE {LogHost.Table};
            """);

        Assert.Equal(100, (await host.QueryAsync()).Count);
        Assert.Equal(100, (await host.QueryAsync(new() { NetworkId = "network 7" })).Count);
        Assert.Single(await host.QueryAsync(new() { InvitationId = "order-4711" }));

        await TestQueue.UntilAsync(
            async () => (await database.ReadAsync<long>(
                $"SELECT count(*) FROM pg_stat_user_indexes WHERE indexrelname IN ('{LogHost.Table}_network', '{LogHost.Table}_invitation', '{LogHost.Table}_time_v1') AND idx_scan > 0"))[0] == 3,
            "each index was used");
    }
}
