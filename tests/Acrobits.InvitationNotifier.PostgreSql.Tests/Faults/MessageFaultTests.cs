using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Faults;

/// <summary>Messages that nobody can deliver, and providers that do not answer.</summary>
[Trait("Category", "postgres")]
public sealed class MessageFaultTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"rbs2-msg-id":7}""")]
    [InlineData("""{"rbs2-msg-id":""")]
    public async Task Receive_UnreadableHeaders_IsDeadAtOnceSaysSoOnceAndTheOthersArrive(string headers)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        await queue.InsertRawAsync(headers, "{}");
        await host.EnqueueAsync(Samples.Many(5));

        await Arrivals.UntilAsync(provider, 5);
        await queue.UntilEmptyAsync();
        Assert.Equal("The headers of the message cannot be read.", Assert.Single(await host.Manager.GetDeadAsync().ToListAsync()).Reason);
        AssertWarnedOnce(host);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"rbs2-msg-type":"acrobits.invitation.v1"}""")]
    [InlineData("""{"rbs2-msg-id":"1"}""")]
    [InlineData("""{"rbs2-msg-id":"1","rbs2-msg-type":"Some.Thing, Else","rbs2-content-type":"application/json;charset=utf-8"}""")]
    public async Task Receive_NotAnInvitation_IsDeadAtOnceAndSaysSoOnce(string headers)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        await queue.InsertRawAsync(headers, "ygritte");

        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 1, "it is dead");
        await queue.UntilEmptyAsync();
        AssertWarnedOnce(host);
        Samples.AssertKept(host);
        Samples.AssertKept((await queue.ReasonsAsync())[0]);
    }

    [Fact]
    public async Task EnqueueAsync_NetworkIdOfAMebibyte_IsRefused()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await new TestQueue(database).StartSenderAsync();

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => host.EnqueueAsync(new Invitation("1", "2", new string('n', 1 << 20))));
        await Assert.ThrowsAsync<ArgumentException>(() => host.EnqueueAsync(new Invitation(new string('1', 1 << 20), "2", "3")));
        await Assert.ThrowsAsync<ArgumentException>(() => host.EnqueueAsync(new Invitation("1", new string('2', 1 << 20), "3")));

        Assert.Contains("network id", exception.Message, StringComparison.Ordinal);
        Assert.InRange(exception.Message.Length, 1, 200);
    }

    [Fact]
    public async Task EnqueueAsync_LongestNetworkId_IsDeliveredAndShown()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        await using var host = await new TestQueue(database).StartAsync(provider.Url("/?%network_id%"), new RedeliverySchedule());
        var network = new string('ž', 1024);

        await host.EnqueueAsync(new Invitation("1", "2", network));

        await TestQueue.UntilAsync(async () => (await host.Manager.GetStatusAsync(network)) is [{ Dead: 1 }], "it is dead");
        Assert.Equal(network, Assert.Single(await host.Manager.GetDeadAsync().ToListAsync()).NetworkId);
    }

    [Fact]
    public async Task Handle_ContainerThrows_FollowsTheScheduleAndArrives()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        var failures = 0;
        await using var host = await queue.StartAsync(
            provider.Url(Arrivals.Template),
            register: services =>
            {
                var real = services.Last(service => service.ServiceType == typeof(IInvitationNotifier));
                services.AddTransient(provider => Interlocked.Decrement(ref failures) >= 0
                    ? throw new InvalidOperationException("ygritte")
                    : (IInvitationNotifier)(real.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!)));
            });

        Volatile.Write(ref failures, 8);
        await host.EnqueueAsync(Samples.Numbered(1));

        await Arrivals.UntilAsync(provider, 1);
        await queue.UntilEmptyAsync();
        Assert.Equal(8, host.CountLogs(67));
        Assert.Equal(0, await queue.CountAsync(TestQueue.Dead));
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task Receive_AllProvidersDown_TakesFewCommits()
    {
        const int Invitations = 2_000;

        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Playing(connection =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        var queue = new TestQueue(database);
        await using (var sender = await queue.StartSenderAsync())
        {
            await sender.EnqueueAsync(Samples.Many(1));
        }

        await database.ExecuteAsync(
            $"""
            INSERT INTO {TestQueue.Table} (recipient, visible, headers, body, event, network_id, invitation_id)
            SELECT recipient, visible, headers, body, event, network_id, invitation_id FROM {TestQueue.Table}, generate_series(2, {Invitations})
            """);
        var before = await CommitsAsync(database);
        await using (var host = await queue.StartAsync(
            provider.Url(Arrivals.Template),
            RedeliverySchedule.Default,
            options => options.MaxConcurrentDeliveries = 20,
            services => services.Configure<InvitationNotifierOptions>(options => options.CircuitBreaker.MinimumThroughput = 10)))
        {
            await TestQueue.UntilAsync(
                async () => (await database.ReadAsync<long>($"SELECT count(*) FROM {TestQueue.Table} WHERE visible > now() + interval '1 s' AND lease IS NULL"))[0] == Invitations,
                "all are deferred");
        }

        // Receiving and deferring each by itself would take two for each, and those that ask for messages in vain.
        Assert.InRange(await CommitsAsync(database) - before, 1, Invitations);
        Assert.InRange(provider.Connections, 1, 100);
    }

    // Such as a web server that lets requests come to an end, which can enqueue meanwhile.
    [Fact]
    public async Task StopAsync_AnotherServiceStopsSlowly_TakesNothingMeanwhile()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        SlowStop slow = new(queue);
        await using var host = await TestHost.StartAsync(services => services
            .AddTestNotifier(provider.Url(Arrivals.Template))
            .AddPostgreSqlInvitationQueue(database.ConnectionString, options => options.MaxConcurrentDeliveries = TestQueue.Parallelism)
            .AddSingleton<IHostedService>(slow));
        await host.EnqueueAsync(Samples.Invitation);
        await queue.UntilEmptyAsync();

        await host.StopAsync();

        // Those that insert, and a few of a process that comes to rest. Taking and returning messages all the time takes hundreds.
        Assert.InRange(slow.Commits, 1, 60);
        Assert.Equal(SlowStop.Messages, await queue.CountAsync(TestQueue.Name));
    }

    // By the queue or Rebus; the notifier has something to say of the tests' URL.
    private static void AssertWarnedOnce(TestHost host) => Assert.Single(host.Logs
        .Where(record => record.Level >= LogLevel.Warning && record.Category?.EndsWith(nameof(IInvitationNotifier), StringComparison.Ordinal) == false)
        .Select(record => record.Message));

    private static async Task<long> CommitsAsync(PostgresDatabase database)
    {
        // Backends report when they are idle or end.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        return (await database.ReadAsync<long>("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))[0];
    }

    // Registered last, it is the first to be stopped.
    private sealed class SlowStop(TestQueue queue) : IHostedService
    {
        public const int Messages = 20;

        public long Commits { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            var before = await CommitsAsync(queue.Database);
            for (var message = 0; message < Messages; message++)
            {
                await queue.InsertAsync("acrobits.invitation.v1", "{}");
            }

            await Task.Delay(TimeSpan.FromSeconds(3), CancellationToken.None);
            Commits = await CommitsAsync(queue.Database) - before;
        }
    }
}
