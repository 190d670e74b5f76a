using System.Diagnostics;
using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Acrobits.InvitationNotifier.PostgreSql.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Faults;

/// <summary>A host stops in time, whatever state the database is in.</summary>
[Trait("Category", "postgres")]
public sealed class ShutdownTests(PostgresFixture postgres)
{
    [Fact]
    public async Task StopAsync_DatabaseIsDownAndDeliveriesWaitForIt_EndsInTimeAndTheInvitationsComeBack()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        TaskCompletionSource isDown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, isDown.Task));
        var queue = new TestQueue(database);
        Neighbour neighbour = new();
        await using (var host = await StartAsync(queue, provider, neighbour))
        {
            await StopServerAsync(server, host, provider, isDown);

            var started = Stopwatch.GetTimestamp();
            await host.StopAsync();

            // Rebus itself waits for a minute.
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(40));
            Assert.True(neighbour.HasStoppedInTime);
        }

        await server.StartAsync();
        await using var next = await StartAsync(queue, provider, new Neighbour());
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2 * TestQueue.Parallelism, "all are delivered again");
        await queue.UntilEmptyAsync();
        Assert.Equal(0, await queue.CountAsync(TestQueue.Dead));
    }

    [Fact]
    public async Task StopAsync_DatabaseIsDownAndTheHostsTimeIsOver_DoesNotWait()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        TaskCompletionSource isDown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, isDown.Task));
        await using var host = await StartAsync(new TestQueue(database), provider, new Neighbour());
        await StopServerAsync(server, host, provider, isDown);

        var queueHost = host.Services.GetServices<IHostedService>().OfType<QueueHost>().Single();
        var started = Stopwatch.GetTimestamp();
        await queueHost.StopAsync(new CancellationToken(canceled: true));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, QueueHost.StopTimeout - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task StopAsync_DatabaseStandsStill_EndsInTime()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        NpgsqlConnectionStringBuilder connectionString = new(database.ConnectionString);
        await using var proxy = new SilentProxy(connectionString.Port);
        connectionString.Port = proxy.Port;
        TaskCompletionSource isSilent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, isSilent.Task));
        Neighbour neighbour = new();
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddSingleton<IHostedService>(neighbour)
            .AddPostgreSqlInvitationQueue(connectionString.ConnectionString));
        await host.EnqueueAsync(Samples.Many(5));
        await Eventually.BecomesAsync(() => provider.Requests.Count == 5, "all are under way");
        proxy.SilenceForGood();
        isSilent.SetResult();
        await provider.UntilAllHungUpAsync();

        var started = Stopwatch.GetTimestamp();
        await host.StopAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(40));
        Assert.True(neighbour.HasStoppedInTime);
    }

    [Fact]
    public async Task Abort_ConnectionFailsAtTheSameTime_CallersAndTheSettlerEnd()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        Settler? settler = null;
        NpgsqlDataSourceBuilder builder = new(database.ConnectionString);
        builder.ConnectionStringBuilder.Password = null;
        builder.UsePasswordProvider(
            _ => "",
            (_, _) =>
            {
                settler!.Abort();
                throw new NpgsqlException("The connection has failed.");
            });
        await using var source = builder.Build();
        QueueTable table = new(new PostgreSqlInvitationQueueOptions());
        var logger = NullLogger<IInvitationQueue>.Instance;
        Outage outage = new(new TableSetup(source, new TableScript(table), logger), table, logger);
        await using (settler = new Settler(new MessageStore(source, table, TimeSpan.FromSeconds(30)), outage, logger))
        {
            settler.Start();

            await settler.SettleAsync(new Settlement(1, SettlementKind.Completed)).WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
            await settler.StopAsync().WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        }
    }

    private static Task<TestHost> StartAsync(TestQueue queue, RawProvider provider, Neighbour neighbour) => queue.StartAsync(
        provider.Url(Arrivals.Template),
        configure: options => options.Lease = TimeSpan.FromSeconds(5),
        register: services => services.AddSingleton<IHostedService>(neighbour));

    // With as many deliveries as there can be, which all have an answer that cannot be written down.
    private static async Task StopServerAsync(PostgresServer server, TestHost host, RawProvider provider, TaskCompletionSource isDown)
    {
        await host.EnqueueAsync(Samples.Many(TestQueue.Parallelism));
        await Eventually.BecomesAsync(() => provider.Requests.Count == TestQueue.Parallelism, "all are under way");
        await server.StopAsync();
        isDown.SetResult();
        await provider.UntilAllHungUpAsync();
        await Eventually.BecomesAsync(() => host.CountLogs(63) > 0, "the database fails");
    }

    private static async Task AnswerAfterAsync(RawConnection connection, Task happened)
    {
        await connection.ReadRequestAsync();
        await happened.WaitAsync(connection.Stop);
        await connection.SendAsync(Answers.NoContent);
    }

    // Was registered before the queue, so it stops after it.
    private sealed class Neighbour : IHostedService
    {
        public bool HasStoppedInTime { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            HasStoppedInTime = !cancellationToken.IsCancellationRequested;
            return Task.CompletedTask;
        }
    }
}
