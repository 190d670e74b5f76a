using Acrobits.InvitationNotifier.Rebus.Tests.Postgres;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Durability;

[Trait("Category", "postgres")]
public sealed class DeliveryTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_Invitations_EachArrivesOnceAndNothingIsLeft()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var bus = new PostgresBus(database);
        await using var host = await bus.StartAsync(provider.Url(Arrivals.Template));

        await host.EnqueueAsync(Samples.Many(20));

        await Arrivals.UntilAsync(provider, 20);
        await bus.UntilEmptyAsync();
        Assert.Equal(20, provider.Requests.Count);
        Assert.Empty(await bus.FailuresAsync());
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
        var bus = new PostgresBus(database);
        await using var host = await bus.StartAsync(provider.Url(Arrivals.Template));

        await host.EnqueueAsync(Samples.Many(5));
        await Eventually.BecomesAsync(() => host.Logs.Count(record => record.Id.Id == 40) >= 10, "each was deferred, some twice");
        Assert.Equal(5, await bus.CountAsync(BusHost.Queue));
        Volatile.Write(ref isUp, true);

        await Arrivals.UntilAsync(provider, 5);
        await bus.UntilEmptyAsync();
        Assert.Equal(5, provider.Requests.Count);
        Assert.Empty(await bus.FailuresAsync());
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task EnqueueAsync_ScheduleExhausted_StaysInTheErrorQueue()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503));
        var bus = new PostgresBus(database);
        await using var host = await bus.StartAsync(
            provider.Url(Arrivals.Template), new RedeliverySchedule(TimeSpan.Zero, TimeSpan.Zero));

        await host.EnqueueAsync(Samples.Invitation);

        await PostgresBus.UntilAsync(async () => await bus.CountAsync(BusHost.Errors) == 1, "the message is in the error queue");
        await bus.UntilEmptyAsync();
        Assert.Contains("Failed deliveries: 3;", (await bus.FailuresAsync())[0], StringComparison.Ordinal);
        Assert.Equal(3, provider.Requests.Count);
    }

    [Fact]
    public async Task Receive_PoisonAmongOthers_GoesToTheErrorQueueAndTheOthersArrive()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var bus = new PostgresBus(database);
        await using var host = await bus.StartAsync(provider.Url(Arrivals.Template));

        await host.EnqueueAsync(Samples.Many(5));
        await bus.InsertAsync("acrobits.invitation.v1", """{"invitee":"+420777654321","invitor":"ygritte"}""");
        await bus.InsertAsync("acrobits.invitation.v2", """{"to":"+420777654321","by":"ygritte"}""");
        await host.EnqueueAsync(Samples.Many(10).Skip(5));

        await Arrivals.UntilAsync(provider, 10);
        await bus.UntilEmptyAsync();
        var failures = await bus.FailuresAsync();
        Assert.Equal(2, failures.Count);
        Assert.Single(failures, headers => headers.Contains("The body is not an invitation", StringComparison.Ordinal));
        Assert.Single(failures, headers => headers.Contains("The message is of the type acrobits.invitation.v2", StringComparison.Ordinal));
        Assert.All(failures, Samples.AssertKept);
        Samples.AssertKept(host);
    }
}
