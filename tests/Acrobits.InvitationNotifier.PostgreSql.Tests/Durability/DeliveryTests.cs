using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

[Trait("Category", "postgres")]
public sealed class DeliveryTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_Invitations_EachArrivesOnceAndNothingIsLeft()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        await host.EnqueueAsync(Samples.Many(20));

        await Arrivals.UntilAsync(provider, 20);
        await queue.UntilEmptyAsync();
        Assert.Equal(20, provider.Requests.Count);
        Assert.Empty(await queue.ReasonsAsync());
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task EnqueueAsync_ProviderDownThenUp_AllArriveOnce()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var isUp = false;
        await using var provider = RawProvider.Playing(async connection =>
        {
            if (!Volatile.Read(ref isUp))
            {
                connection.Reset();
                return;
            }

            await connection.AnswerAllAsync(Answers.NoContent);
        });
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        await host.EnqueueAsync(Samples.Many(5));
        await Eventually.BecomesAsync(() => host.Logs.Count(record => record.Id.Id == 40) >= 10, "each was deferred, some twice");
        Assert.Equal(5, await queue.CountAsync(TestQueue.Name));
        Volatile.Write(ref isUp, true);

        await Arrivals.UntilAsync(provider, 5);
        await queue.UntilEmptyAsync();
        Assert.Equal(5, provider.Requests.Count);
        Assert.Empty(await queue.ReasonsAsync());
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task EnqueueAsync_ScheduleExhausted_StaysInTheErrorQueue()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(
            provider.Url(Arrivals.Template), new RedeliverySchedule(TimeSpan.Zero, TimeSpan.Zero));

        await host.EnqueueAsync(Samples.Invitation);

        await TestQueue.UntilAsync(async () => await queue.CountAsync(TestQueue.Dead) == 1, "the message is in the error queue");
        await queue.UntilEmptyAsync();
        Assert.Equal(
            "3 deliveries failed; the redelivery schedule is exhausted. The last one: The provider answered 503 instead of 204.",
            (await queue.ReasonsAsync())[0]);
        Assert.Equal(3, provider.Requests.Count);
    }

    [Fact]
    public async Task Receive_PoisonAmongOthers_GoesToTheErrorQueueAndTheOthersArrive()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));

        await host.EnqueueAsync(Samples.Many(5));
        await queue.InsertAsync("acrobits.invitation.v1", """{"invitee":"+420777654321","invitor":"ygritte"}""");
        await queue.InsertAsync("acrobits.invitation.v2", """{"to":"+420777654321","by":"ygritte"}""");
        await host.EnqueueAsync(Samples.Many(10).Skip(5));

        await Arrivals.UntilAsync(provider, 10);
        await queue.UntilEmptyAsync();
        var failures = await queue.ReasonsAsync();
        Assert.Equal(2, failures.Count);
        Assert.Single(failures, headers => headers.Contains("The body is not an invitation", StringComparison.Ordinal));
        Assert.Single(failures, headers => headers.Contains("The message is of the type acrobits.invitation.v2", StringComparison.Ordinal));
        Assert.All(failures, Samples.AssertKept);
        Samples.AssertKept(host);
    }
}
