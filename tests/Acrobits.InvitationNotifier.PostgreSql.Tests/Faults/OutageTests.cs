using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Acrobits.InvitationNotifier.PostgreSql.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Faults;

/// <summary>What the log says while the database fails, and which leases last.</summary>
[Trait("Category", "postgres")]
public sealed class OutageTests(PostgresFixture postgres)
{
    // As PostgreSQL's own error for a full disk.
    private const string Fail = "RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'";

    // The lease of a message under way is extended, and nothing else about it changes.
    private const string IsRenewal = "OLD.lease = NEW.lease AND OLD.recipient = NEW.recipient";

    [Fact]
    public async Task Outage_EverythingFails_IsLoggedOnceWhenItBeginsAndOnceWhenItEnds()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        TaskCompletionSource isDown = new(TaskCreationOptions.RunContinuationsAsynchronously), isUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(async connection =>
        {
            await (await connection.ReadRequestAsync() == 1 ? isDown : isUp).Task.WaitAsync(connection.Stop);
            await connection.SendAsync(Answers.NoContent);
        });
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), configure: options => options.Lease = TimeSpan.FromSeconds(5));

        // One waits to be settled, one has a lease to be renewed, and there are callers for more.
        await host.EnqueueAsync(Samples.Many(2));
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2, "both are under way");
        await server.StopAsync();
        isDown.SetResult();
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        await server.StartAsync();
        await Eventually.BecomesAsync(() => host.CountLogs(64) == 1, "it works again");
        isUp.SetResult();
        await queue.UntilEmptyAsync();

        Assert.Equal([63, 64], host.Logs.Select(record => record.Id.Id).Where(id => id is 63 or 64));
    }

    [Fact]
    public async Task Renew_FailsAndNothingIsLeftToRenew_OutageEnds()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        TaskCompletionSource hasFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, hasFailed.Task));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), configure: options => options.Lease = TimeSpan.FromSeconds(10));
        await OnRenewalAsync(database, Fail);

        await host.EnqueueAsync(Samples.Numbered(1));
        await Eventually.BecomesAsync(() => host.CountLogs(63) == 1, "a renewal fails");
        Assert.Equal(0, host.CountLogs(64));
        hasFailed.SetResult();

        await queue.UntilEmptyAsync();
        await Eventually.BecomesAsync(() => host.CountLogs(64) == 1, "the log says that it works again");
        Assert.Equal(1, host.CountLogs(63));
    }

    [Fact]
    public async Task Renew_FailsThreeTimes_LeaseLasts()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        TaskCompletionSource isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, isOver.Task));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), configure: options => options.Lease = TimeSpan.FromSeconds(6));
        await OnRenewalAsync(database, $"IF nextval('renewals') <= 3 THEN {Fail}; END IF; RETURN NEW");

        await host.EnqueueAsync(Samples.Numbered(1));
        await TestQueue.UntilAsync(async () => (await database.ReadAsync<long>("SELECT last_value FROM renewals"))[0] >= 6, "it was renewed several times");

        Assert.Single(provider.Requests);
        isOver.SetResult();
        await queue.UntilEmptyAsync();
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Renew_ConnectionFallsSilent_LeaseLasts()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        NpgsqlConnectionStringBuilder connectionString = new(database.ConnectionString);
        await using var proxy = new SilentProxy(connectionString.Port);
        connectionString.Port = proxy.Port;
        TaskCompletionSource isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, isOver.Task));
        var queue = new TestQueue(database);
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(connectionString.ConnectionString, options =>
            {
                options.Lease = TimeSpan.FromSeconds(10);

                // So nothing but the renewal needs the connection.
                options.MaxConcurrentDeliveries = 1;
            }));
        await queue.CopyAsync(from: 1, count: 1);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "it is under way");
        proxy.Silence();

        await using var other = await queue.StartAsync(provider.Url(Arrivals.Template));
        await Task.Delay(TimeSpan.FromSeconds(14), TestContext.Current.CancellationToken);

        Assert.Single(provider.Requests);
        isOver.SetResult();
        await queue.UntilEmptyAsync();
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Receive_TableIsDropped_SaysWhatIsLostAndThatItWorksAgain()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        await database.ExecuteAsync($"DROP TABLE {TestQueue.Table}");
        await Eventually.BecomesAsync(() => host.CountLogs(64) == 1, "the log says that it works again");

        var gone = Assert.Single(host.Logs, record => record.Id.Id == 76);
        Assert.Equal(LogLevel.Error, gone.Level);
        Assert.Contains("are lost unless it is restored", gone.Message, StringComparison.Ordinal);
        Assert.Equal(0, host.CountLogs(63));
        Assert.DoesNotContain(host.Logs, record => record.Message.Contains("Nothing is lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Receive_TableIsDroppedAndTheRoleMayNotCreateIt_SaysWhichSqlToRun()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var role = $"app_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'app'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        var queue = new TestQueue(database);
        await CreateTableAsync(queue, role);
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using (var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "app" }.ConnectionString)))
        {
            await database.ExecuteAsync($"DROP TABLE {TestQueue.Table}");
            await Eventually.BecomesAsync(() => host.CountLogs(77) == 1, "it is logged");
            var refused = host.Logs.Single(record => record.Id.Id == 77);
            Assert.Equal(LogLevel.Error, refused.Level);
            Assert.Contains("CREATE TABLE", refused.Message, StringComparison.Ordinal);

            await CreateTableAsync(queue, role);
            await host.EnqueueAsync(Samples.Numbered(1));
            await Arrivals.UntilAsync(provider, 1);
            await Eventually.BecomesAsync(() => host.CountLogs(64) == 1, "the log says that it works again");
            Assert.Equal((1, 1, 0), (host.CountLogs(76), host.CountLogs(77), host.CountLogs(63)));
        }

        await database.ExecuteAsync($"DROP TABLE {TestQueue.Table}; DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task BackgroundLoop_Throws_IsLoggedAndStartsAgain()
    {
        FakeLogger logger = new();
        var runs = 0;
        using CancellationTokenSource stop = new();

        await BackgroundLoop.RunAsync(
            () => ++runs == 1 ? throw new InvalidOperationException("ygritte") : stop.CancelAsync(), logger, stop.Token);

        Assert.Equal(2, runs);
        var record = Assert.Single(logger.Collector.GetSnapshot());
        Assert.Equal((79, LogLevel.Error), (record.Id.Id, record.Level));
        Assert.Contains(nameof(InvalidOperationException), record.Message, StringComparison.Ordinal);
        Samples.AssertKept(record.Message);
    }

    // By its owner.
    private static async Task CreateTableAsync(TestQueue queue, string role)
    {
        await using var sender = await queue.StartSenderAsync();
        await queue.Database.ExecuteAsync($"GRANT ALL ON {TestQueue.Table} TO {role}");
    }

    private static Task OnRenewalAsync(PostgresDatabase database, string statement) => database.ExecuteAsync(
        $"""
        CREATE SEQUENCE renewals;
        CREATE FUNCTION renew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; END $$;
        CREATE TRIGGER renew BEFORE UPDATE OF visible ON {TestQueue.Table} FOR EACH ROW WHEN ({IsRenewal}) EXECUTE FUNCTION renew();
        """);

    private static async Task AnswerAfterAsync(RawConnection connection, Task happened)
    {
        await connection.ReadRequestAsync();
        await happened.WaitAsync(connection.Stop);
        await connection.SendAsync(Answers.NoContent);
    }
}
