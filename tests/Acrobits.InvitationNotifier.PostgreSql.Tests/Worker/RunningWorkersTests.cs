using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Worker;

[Trait("Category", "postgres")]
public sealed class RunningWorkersTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Run_TwoProcesses_BothDeliverAPart()
    {
        await using CountingProvider provider = new(answered: 0);
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(200);

        // What one of them holds leaves enough for the other.
        workplace.StartWorker("one");
        workplace.StartWorker("other");
        await Eventually.BecomesAsync(
            () => provider.Arrivals.Select(arrival => arrival.Worker).Distinct().Count() == 2, "both have delivered");
        provider.Release();
        await workplace.UntilEmptyAsync();

        Assert.Equal(200, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        Assert.Equal(0, provider.Duplicates);
    }

    [Fact]
    public async Task Run_TerminatedWhileProviderHangs_ExitsAndLosesNothing()
    {
        await using CountingProvider provider = new(answered: 0);
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(50);

        var worker = workplace.StartWorker("one");
        await Eventually.BecomesAsync(() => provider.Count == Workplace.MaxParallelism, "deliveries are under way");
        await worker.TerminateAsync();
        Assert.Equal(0, await worker.ExitCodeAsync());
        await workplace.UntilAsync(50, "recipient = 'invitations' and visible <= now()");

        provider.Release();
        workplace.StartWorker("other");
        await workplace.UntilEmptyAsync();

        Assert.Equal(50, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        Assert.Equal(Workplace.MaxParallelism, provider.Duplicates);
    }

    [Fact]
    public async Task Run_TerminatedWhileProviderAnswers_LosesNothing()
    {
        await using CountingProvider provider = new(answered: 100);
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(500);

        var worker = workplace.StartWorker("one");
        await Eventually.BecomesAsync(() => provider.Count == 100 + Workplace.MaxParallelism, "deliveries are under way");
        await worker.TerminateAsync();
        provider.Release();
        Assert.Equal(0, await worker.ExitCodeAsync());

        workplace.StartWorker("other");
        await workplace.UntilEmptyAsync();

        Assert.Equal(500, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        // None, where it answers within the two seconds that are left to it.
        Assert.InRange(provider.Duplicates, 0, Workplace.MaxParallelism);
    }

    [Fact]
    public async Task Run_DatabaseCrashes_GoesOnWhenItIsBack()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using CountingProvider provider = new(answered: 100);
        await using var server = await PostgresServer.CreateAsync();
        await using var workplace = await Workplace.CreateAsync(server, provider);
        await workplace.EnqueueAsync(500);

        workplace.StartWorker("one");
        await Eventually.BecomesAsync(() => provider.Count == 100 + Workplace.MaxParallelism, "deliveries are under way");
        await server.StopAsync();
        provider.Release();
        await server.StartAsync();
        await workplace.UntilEmptyAsync();

        Assert.Equal(500, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        // Completions do not wait for the disk, so the crash undoes those of its last moments.
        Assert.InRange(provider.Duplicates, 0, 100 + Workplace.MaxParallelism);
    }

    [Fact]
    public async Task Run_StoppedForLongerThanItsLeases_AnotherDeliversAndNothingIsLostOrUndone()
    {
        await using CountingProvider provider = new(answered: 0);
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(50);
        var stopped = workplace.StartWorker("stopped");
        await Eventually.BecomesAsync(() => provider.Count == Workplace.MaxParallelism, "deliveries are under way");

        await stopped.PauseAsync();
        provider.Release();
        workplace.StartWorker("other");
        await workplace.UntilEmptyAsync();
        await workplace.EnqueueAsync(50, first: 51);
        await stopped.ContinueAsync();
        await workplace.UntilEmptyAsync();

        Assert.Equal(100, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        Assert.InRange(provider.Duplicates, 0, Workplace.MaxParallelism);
    }

    [Fact]
    public async Task Run_InputEnds_Exits()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(1);

        var worker = workplace.StartWorker("one");
        await workplace.UntilEmptyAsync();
        worker.CloseInput();

        Assert.Equal(0, await worker.ExitCodeAsync());
    }

    [Fact]
    public async Task Run_SettingsNotValid_ListsEveryProblem()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        workplace.Settings["Queue:MaxConcurrentDeliveries"] = "0";
        workplace.Settings["Queue:DeadLetterQueueName"] = "invitations";

        var (exitCode, _, errors) = await workplace.RunAsync("run");

        Assert.Equal(1, exitCode);
        Assert.Contains("MaxConcurrentDeliveries", errors, StringComparison.Ordinal);
        Assert.Contains("DeadLetterQueueName", errors, StringComparison.Ordinal);
    }
}
