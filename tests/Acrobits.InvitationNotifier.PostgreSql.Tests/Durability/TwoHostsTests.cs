using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

[Trait("Category", "postgres")]
public sealed class TwoHostsTests(PostgresFixture postgres)
{
    // What a bus handles at a time, unless it is told otherwise.
    private const int Parallelism = 5;

    [Fact]
    public async Task Receive_TwoHosts_ShareTheWorkAndEachInvitationArrivesOnce()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var bothAtWork = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(async connection =>
        {
            await connection.ReadRequestAsync();
            await bothAtWork.Task.WaitAsync(connection.Stop);
            await connection.SendAsync(Answers.NoContent);
        });
        var queue = new TestQueue(database);
        await using var one = await queue.StartAsync(provider.Url("/one" + Arrivals.Template));
        await using var other = await queue.StartAsync(provider.Url("/other" + Arrivals.Template));

        await one.EnqueueAsync(Samples.Many(40));
        await Eventually.BecomesAsync(
            () => Arrivals.Of(provider, "/one").Count == Parallelism && Arrivals.Of(provider, "/other").Count == Parallelism,
            "both have their hands full");
        bothAtWork.SetResult();

        await queue.UntilEmptyAsync();
        IEnumerable<int> arrivals = [.. Arrivals.Of(provider, "/one"), .. Arrivals.Of(provider, "/other")];
        Assert.Equal(Enumerable.Range(1, 40), arrivals.Order());
    }

    [Fact]
    public async Task StopAsync_InTheMidst_AnotherHostTakesOverAndNothingIsLost()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var isSlow = true;
        await using var provider = RawProvider.Playing(async connection =>
        {
            if (await connection.ReadRequestAsync() is not null && Volatile.Read(ref isSlow))
            {
                await connection.UntilHangUpAsync();
                return;
            }

            await connection.SendAsync(Answers.NoContent);
        });
        var queue = new TestQueue(database);
        await using var first = await queue.StartAsync(provider.Url(Arrivals.Template));
        await first.EnqueueAsync(Samples.Many(20));
        await Eventually.BecomesAsync(() => provider.Requests.Count == Parallelism, "the first host has its hands full");

        await Task.Run(first.StopAsync).WaitAsync(Eventually.Limit);
        Assert.Equal(20, await queue.CountAsync(TestQueue.Name));
        Volatile.Write(ref isSlow, false);
        await using var second = await queue.StartAsync(provider.Url(Arrivals.Template));

        await Arrivals.UntilAsync(provider, 20);
        await queue.UntilEmptyAsync();
        Assert.Equal(20 + Parallelism, provider.Requests.Count);
        Assert.Empty(await queue.ReasonsAsync());
        Samples.AssertKept(first);
    }
}
