using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Rebus.Bus;
using Rebus.Config;
using Rebus.Handlers;
using Rebus.Routing.TypeBased;
using Rebus.ServiceProvider;
using Rebus.Transport.InMem;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Setup;

[Trait("Category", "postgres")]
public sealed class StartTests(PostgresFixture postgres)
{
    private const string NoServer = "Host=127.0.0.1;Port=1;Username=someone;Password=topsecret;Database=invitations";

    [Fact]
    public async Task StartAsync_DatabaseIsDown_HostStartsAndTheQueueFollows()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await server.StopAsync();

        await using var host = await new TestQueue(database).StartAsync(
            provider.Url(Arrivals.Template), configure: options => options.EnqueueTimeout = TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, host.CountLogs(60));
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => host.EnqueueAsync(Samples.Invitation));
        Assert.Contains("database cannot be reached", exception.Message, StringComparison.Ordinal);

        await server.StartAsync();
        await Eventually.BecomesAsync(() => host.CountLogs(61) == 1, "the queue is ready");
        await host.EnqueueAsync(Samples.Numbered(1));
        await Arrivals.UntilAsync(provider, 1);
    }

    [Fact]
    public async Task StartAsync_NoNotifier_NamesTheMissingCall()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Services.AddPostgreSqlInvitationQueue(NoServer);
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith(
            "AddPostgreSqlInvitationQueue needs the notifier, which delivers the invitations. Call services.AddInvitationNotifier(...) too.",
            exception.Message,
            StringComparison.Ordinal);
        Assert.Contains("set Deliver to false", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_DatabaseIsDownAndNotWaitedFor_FailsWithOneClearSentence()
    {
        await using var host = TestHost.Build(services => services.AddPostgreSqlInvitationQueue(NoServer, options =>
        {
            options.Deliver = false;
            options.WaitForDatabase = false;
        }));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.StartsWith("The database of the invitation queue cannot be used: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_DatabaseRefusesTheRole_FailsThoughItWouldWait()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var connectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "topsecret" }.ConnectionString;
        await using var host = TestHost.Build(services => services.AddPostgreSqlInvitationQueue(connectionString, options => options.Deliver = false));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("password authentication failed", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("off", 1)]
    [InlineData("on", 0)]
    [InlineData("local", 0)]
    public async Task StartAsync_AsynchronousCommit_WarnsThatInvitationsCanBeLost(string setting, int warnings)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var connectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = $"-c synchronous_commit={setting}" }.ConnectionString;

        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationQueue(connectionString, options => options.Deliver = false));

        Assert.Equal(warnings, host.Logs.Count(record => record.Id.Id == 62 && record.Level == LogLevel.Warning));
    }

    [Fact]
    public async Task StartAsync_DataSourceOfTheApplication_IsUsedAndNotDisposed()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(source)))
        {
            await host.EnqueueAsync(Samples.Many(3));
            await Arrivals.UntilAsync(provider, 3);
        }

        await using var command = source.CreateCommand("SELECT 7");
        Assert.Equal(7, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task StartAsync_ServerAcceptsNoChanges_WaitsUntilItDoes()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await SetReadOnlyAsync(database, isReadOnly: true);
        await using var host = await new TestQueue(database).StartSenderAsync(options => options.EnqueueTimeout = TimeSpan.Zero);

        Assert.Contains("standby", host.Logs.Single(record => record.Id.Id == 60).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TimeoutException>(() => host.EnqueueAsync(Samples.Invitation));
        Assert.Equal(0, host.CountLogs(61));
        await SetReadOnlyAsync(database, isReadOnly: false);

        await Eventually.BecomesAsync(() => host.CountLogs(61) == 1, "the queue is ready");
        await host.EnqueueAsync(Samples.Invitation);
        Assert.Equal(0, host.CountLogs(70));
    }

    [Fact]
    public async Task StartAsync_TableIsThereAndServerAcceptsNoChanges_IsNotReady()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await new TestQueue(database).StartSenderAsync())
        {
        }

        await SetReadOnlyAsync(database, isReadOnly: true);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => new TestQueue(database).StartSenderAsync(options => options.WaitForDatabase = false));

        Assert.Contains("standby", exception.Message, StringComparison.Ordinal);
        await SetReadOnlyAsync(database, isReadOnly: false);
    }

    [Fact]
    public async Task EnqueueAsync_ServerWasDemotedAndAnotherOneFollows_IsReachedByNewConnections()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var sender = await queue.StartSenderAsync();
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));
        await sender.EnqueueAsync(Samples.Numbered(1));
        await Arrivals.UntilAsync(provider, 1);

        await SetReadOnlyAsync(database, isReadOnly: true);
        await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await UntilReadOnlyAsync(async () => await sender.EnqueueAsync(Samples.Numbered(2)));
        await UntilReadOnlyAsync(() => sender.Manager.RequeueAsync(new()));
        await Eventually.BecomesAsync(() => host.CountLogs(63) > 0, "deliveries fail, too");
        await SetReadOnlyAsync(database, isReadOnly: false);

        // The connections in the pools are still those of the server as it was.
        await sender.EnqueueAsync(Samples.Numbered(2));
        Assert.Equal(0, await sender.Manager.RequeueAsync(new()));
        await Arrivals.UntilAsync(provider, 2);

        static async Task UntilReadOnlyAsync(Func<Task> call)
        {
            while ((await Assert.ThrowsAnyAsync<NpgsqlException>(call)).SqlState != PostgresErrorCodes.ReadOnlySqlTransaction)
            {
            }
        }
    }

    [Fact]
    public async Task StartAsync_SeveralHosts_UsesTheOneThatAcceptsChanges()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        NpgsqlConnectionStringBuilder connectionString = new(database.ConnectionString);
        connectionString.Host = $"127.0.0.1:1,127.0.0.1:{connectionString.Port}";
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(connectionString.ConnectionString + ";Target Session Attributes=primary"));
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await host.EnqueueAsync(Samples.Numbered(1));
        await host.Queue.EnqueueAsync(Samples.Numbered(2), transaction);
        await transaction.CommitAsync();

        await Arrivals.UntilAsync(provider, 2);
    }

    // As a standby is, and a primary that was demoted. Connections keep what they had when they began.
    private static async Task SetReadOnlyAsync(PostgresDatabase database, bool isReadOnly) => await database.ExecuteAsync(
        $"SET transaction_read_only = off; ALTER DATABASE \"{new NpgsqlConnectionStringBuilder(database.ConnectionString).Database}\" SET default_transaction_read_only = {(isReadOnly ? "on" : "off")}");

    [Fact]
    public async Task StartAsync_NextToTheApplicationsOwnBuses_EachHasItsOwnMessages()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var handler = new OrderHandler();
        var network = new InMemNetwork();
        await using var host = await new TestQueue(database).StartAsync(provider.Url(Arrivals.Template), register: services => services
            .AddSingleton<IHandleMessages<Order>>(handler)
            .AddRebus(bus => bus
                .Transport(transport => transport.UseInMemoryTransport(network, "orders"))
                .Routing(routing => routing.TypeBased().Map<Order>("orders")))
            .AddRebus(
                bus => bus.Transport(transport => transport.UseInMemoryTransport(network, "others")),
                isDefaultBus: false,
                key: "others"));
        handler.OnOrder = () => host.Queue.EnqueueAsync(Samples.Numbered(2)).AsTask();

        await host.EnqueueAsync(Samples.Numbered(1));
        await host.Services.GetRequiredService<IBus>().Send(new Order());
        await host.Services.GetRequiredService<IBusRegistry>().GetBus("others").Advanced.Routing.Send("orders", new Order());

        await Arrivals.UntilAsync(provider, 2);
        await Eventually.BecomesAsync(() => handler.Orders == 2, "the application's messages arrive");
        await new TestQueue(database).UntilEmptyAsync();
        Assert.Equal(0, await new TestQueue(database).CountAsync(TestQueue.Dead));
    }

    [Theory]
    [InlineData("LATIN1")]
    [InlineData("WIN1252")]
    public async Task StartAsync_EncodingCannotStoreEveryNetworkId_IsRefused(string encoding)
    {
        await using var database = await postgres.CreateDatabaseAsync($"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
        await using var host = TestHost.Build(services => services.AddPostgreSqlInvitationQueue(database.ConnectionString, options => options.Deliver = false));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Equal(
            $"The database of the invitation queue has the encoding {encoding}, which cannot store every network id. Use a database with the encoding UTF8.",
            exception.Message);
    }

    [Fact]
    public async Task StartAsync_DatabaseDoesNotAnswer_HostStartsAndTheQueueFollows()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await new TestQueue(database).StartSenderAsync())
        {
        }

        // As when its disk is frozen.
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var freeze = new NpgsqlCommand("LOCK TABLE pg_trigger IN ACCESS EXCLUSIVE MODE", connection, transaction))
        {
            await freeze.ExecuteNonQueryAsync();
        }

        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationQueue(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { CommandTimeout = 1 }.ConnectionString, options => options.Deliver = false));

        Assert.Equal((1, 0), (host.CountLogs(60), host.CountLogs(61)));
        await transaction.RollbackAsync();
        await Eventually.BecomesAsync(() => host.CountLogs(61) == 1, "the queue is ready");
    }

    [Fact]
    public async Task EnqueueAsync_QueueStopsBeforeItHasStarted_SaysSo()
    {
        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationQueue(NoServer, options =>
        {
            options.Deliver = false;
            options.EnqueueTimeout = TimeSpan.FromHours(1);
        }));
        var call = host.EnqueueAsync(Samples.Invitation);

        await host.StopAsync();

        Assert.Contains("shutting down", (await Assert.ThrowsAsync<InvalidOperationException>(() => call)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnqueueAsync_CancelledBeforeTheQueueHasStarted_IsCancelled()
    {
        await using var host = await TestHost.StartAsync(services => services.AddPostgreSqlInvitationQueue(NoServer, options => options.Deliver = false));
        using CancellationTokenSource cancel = new();
        var call = host.Queue.EnqueueAsync(Samples.Invitation, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
    }

    [Fact]
    public async Task EnqueueAsync_HostHasNotStarted_TimesOutAndSaysSo()
    {
        await using var host = TestHost.Build(services => services.AddPostgreSqlInvitationQueue(NoServer, options =>
        {
            options.Deliver = false;
            options.EnqueueTimeout = TimeSpan.Zero;
        }));

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => host.EnqueueAsync(Samples.Invitation));

        Assert.Contains("the host has not started", exception.Message, StringComparison.Ordinal);
    }

    public sealed record Order;

    private sealed class OrderHandler : IHandleMessages<Order>
    {
        private int _orders;

        public int Orders => _orders;

        public Func<Task> OnOrder { get; set; } = () => Task.CompletedTask;

        public async Task Handle(Order message)
        {
            await OnOrder();
            Interlocked.Increment(ref _orders);
        }
    }
}
