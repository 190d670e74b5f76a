using System.Globalization;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Worker;

[Trait("Category", "postgres")]
public sealed class KilledWorkersTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Invitations = 5_000;
    private const int Kills = 8;

    [Fact]
    public async Task Run_WorkersKilledAgainAndAgain_EachInvitationArrives()
    {
        await using CountingProvider provider = new(answered: 0) { Delay = TimeSpan.FromMilliseconds(10) };
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(Invitations);
        var workers = (WorkerProcess[])[workplace.StartWorker("0"), workplace.StartWorker("1")];
        for (var kill = 1; kill <= Kills; kill++)
        {
            // In the midst of the work of the one that dies: it has just delivered, and no more are answered until it is dead.
            var victim = kill % workers.Length;
            var share = Invitations * kill / (Kills + 2);
            provider.Answered = share;
            var before = provider.Arrivals.Count(arrival => IsBy(arrival, victim));
            await UntilAsync(provider, () =>
                provider.Count >= share && provider.Arrivals.Count(arrival => IsBy(arrival, victim)) > before);
            await workers[victim].KillAsync();
            Assert.NotEqual(0, await workplace.CountMessagesAsync());
            workers[victim] = workplace.StartWorker(victim.ToString(CultureInfo.InvariantCulture));
        }

        provider.Release();
        await workplace.UntilEmptyAsync();

        output.WriteLine($"{Invitations} invitations, {Kills} kills: {provider.Count} arrived, {provider.Duplicates} of them again.");
        Assert.Equal(Invitations, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        Assert.InRange(provider.Duplicates, 0, Kills * Workplace.MaxParallelism);

        // By which the provider knows the one that arrives again.
        Assert.Equal(Invitations, provider.Arrivals.DistinctBy(arrival => arrival.IdempotencyKey).Count());
    }

    private static bool IsBy(Arrival arrival, int worker) =>
        arrival.Worker == worker.ToString(CultureInfo.InvariantCulture);

    // As long as something arrives, a slow machine may take its time.
    private static async Task UntilAsync(CountingProvider provider, Func<bool> condition)
    {
        while (!condition())
        {
            var before = provider.Count;
            await Eventually.BecomesAsync(() => condition() || provider.Count > before, "invitations arrive");
            await Task.Delay(10);
        }
    }
}
