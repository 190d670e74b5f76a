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
