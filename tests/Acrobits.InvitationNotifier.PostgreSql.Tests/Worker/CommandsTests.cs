using System.Globalization;
using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Worker;

[Trait("Category", "postgres")]
public sealed partial class CommandsTests(PostgresFixture postgres)
{
    private const string Dead = "recipient = 'invitations-dead'";

    [Fact]
    public async Task Requeue_ProviderRepaired_DeadInvitationsAreDelivered()
    {
        await using CountingProvider provider = new() { Status = 503 };
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        workplace.Settings["Redelivery:0"] = "00:00:00";
        await workplace.EnqueueAsync(2, "mynet");
        await workplace.EnqueueAsync(1, "other", first: 3);
        var worker = workplace.StartWorker("one");
        await workplace.UntilAsync(3, Dead);

        var (checkedCode, status, _) = await workplace.RunAsync("status", "--check");
        Assert.Equal(9, checkedCode);
        Assert.Matches(@"mynet\W+0\W+0\W+2\W+2 deliveries failed; .* The last one: The provider answered 503 instead of 204\. \(2\)", status);
        Assert.Matches(@"other\W+0\W+0\W+1\W+2 deliveries failed; .* The last one: The provider answered 503 instead of 204\. \(1\)", status);
        Assert.Matches(@"all\W+0\W+0\W+3\W", status);

        provider.Status = 204;
        var (exitCode, output, _) = await workplace.RunAsync("requeue", "--network", "other");
        Assert.Equal(0, exitCode);
        Assert.Contains("1 invitation(s) are back", output, StringComparison.Ordinal);
        await workplace.UntilAsync(2);
        (_, output, _) = await workplace.RunAsync("requeue");
        Assert.Contains("2 invitation(s) are back", output, StringComparison.Ordinal);
        await workplace.UntilEmptyAsync();
        (_, output, _) = await workplace.RunAsync("requeue");
        Assert.Contains("0 invitation(s) are back", output, StringComparison.Ordinal);

        // First delivery, redelivery, and the one after the repair.
        Assert.All(
            provider.Arrivals.GroupBy(arrival => arrival.Invitee),
            arrivals => Assert.Equal((3, 1), (arrivals.Count(), arrivals.Select(arrival => arrival.IdempotencyKey).Distinct().Count())));
        Assert.Equal(3, provider.Arrivals.Select(arrival => arrival.IdempotencyKey).OfType<string>().Distinct().Count());
        Assert.DoesNotContain("someuser", status + worker.Output + worker.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requeue_ProviderStillDown_ScheduleBeginsAnew()
    {
        await using CountingProvider provider = new() { Status = 503 };
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        workplace.Settings["Redelivery:0"] = "00:00:00";
        await workplace.EnqueueAsync(1);
        workplace.StartWorker("one");
        await workplace.UntilAsync(1, Dead);
        Assert.Equal(2, provider.Count);

        await workplace.RunAsync("requeue");
        await Eventually.BecomesAsync(() => provider.Count == 4, "both deliveries are made again");
        await workplace.UntilAsync(1, Dead);
    }

    [Fact]
    public async Task Requeue_TwiceAtATime_EachInvitationIsPutBackOnce()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(1_500);
        await workplace.ExecuteAsync("update invitation_messages set recipient = 'invitations-dead'");
        workplace.StartWorker("one");

        var runs = await Task.WhenAll(workplace.RunAsync("requeue"), workplace.RunAsync("requeue"));
        await workplace.UntilEmptyAsync();

        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
        Assert.Equal(1_500, runs.Sum(run => MovedIn(run.Output)));
        Assert.Equal(1_500, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        Assert.Equal(0, provider.Duplicates);
    }

    [Fact]
    public async Task Requeue_ThreeAtATimeWhileAWorkerIsKilled_NothingIsLostAndFewArriveTwice()
    {
        await using CountingProvider provider = new() { Delay = TimeSpan.FromMilliseconds(10) };
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(1_500);
        await workplace.ExecuteAsync("update invitation_messages set recipient = 'invitations-dead'");
        var victim = workplace.StartWorker("victim");
        workplace.StartWorker("other");

        var requeues = Task.WhenAll(workplace.RunAsync("requeue"), workplace.RunAsync("requeue"), workplace.RunAsync("requeue"));
        await Eventually.BecomesAsync(() => provider.Arrivals.Any(arrival => arrival.Worker == "victim"), "the victim delivers");
        await victim.KillAsync();
        var runs = await requeues;
        await workplace.UntilEmptyAsync();

        Assert.Equal(1_500, runs.Sum(run => MovedIn(run.Output)));
        Assert.Equal(1_500, provider.Arrivals.DistinctBy(arrival => arrival.Invitee).Count());
        Assert.InRange(provider.Duplicates, 0, Workplace.MaxParallelism);
    }

    [Fact]
    public async Task Requeue_SomebodyElseMovesSome_PutsTheOthersBack()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(1_500);
        await workplace.ExecuteAsync("update invitation_messages set recipient = 'invitations-dead'");

        await using (var connection = new NpgsqlConnection(workplace.Settings["ConnectionStrings:Postgres"]))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var moving = new NpgsqlCommand(
                "select from invitation_messages where id % 5 = 0 for update", connection, transaction);
            await moving.ExecuteNonQueryAsync();

            Assert.Equal(1_200, MovedIn((await workplace.RunAsync("requeue")).Output));
        }

        Assert.Equal(300, MovedIn((await workplace.RunAsync("requeue")).Output));
        Assert.Equal(1_500, await workplace.CountMessagesAsync("recipient = 'invitations'"));
    }

    [Fact]
    public async Task Status_MessageOfALaterVersion_SaysSo()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        await workplace.EnqueueAsync(1);
        await workplace.ExecuteAsync(
            """
            update invitation_messages
            set headers = convert_to(replace(convert_from(headers, 'UTF8'), 'acrobits.invitation.v1', 'acrobits.invitation.v2'), 'UTF8')
            """);
        workplace.StartWorker("one");
        await workplace.UntilAsync(1, Dead);

        var (_, output, _) = await workplace.RunAsync("status");

        Assert.Matches(@"mynet\W+0\W+0\W+1\W+The message is of the type acrobits\.invitation\.v2; .* \(1\)", output);
        Assert.Equal(0, provider.Count);
    }

    [Fact]
    public async Task Status_TransientFailure_ShowsWhenItIsDue()
    {
        await using CountingProvider provider = new() { Status = 503 };
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        workplace.Settings["Redelivery:0"] = "01:00:00";
        await workplace.EnqueueAsync(2);
        workplace.StartWorker("one");
        await workplace.UntilAsync(2, "visible > now() AND lease IS NULL");

        var (exitCode, output, _) = await workplace.RunAsync("status", "--network", "mynet", "--check");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"mynet\W+0\W+2\W+20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ\W+0\W", output);
        Assert.DoesNotContain("someuser", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enqueue_LinesNotValid_ReportsTheirNumbersAlone()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        var file = await workplace.WriteFileAsync(3);
        await File.AppendAllTextAsync(file, "15551231234,,mynet\n15551231234\n4,someuser,mynet\n");

        var (exitCode, output, errors) = await workplace.RunAsync("enqueue", file);

        Assert.Equal(8, exitCode);
        Assert.Contains("4 invitation(s) are in the queue.", output, StringComparison.Ordinal);
        Assert.Contains("2 line(s) are not valid", output, StringComparison.Ordinal);
        Assert.Contains("line 5: invitor is missing or blank", errors, StringComparison.Ordinal);
        Assert.Contains("line 6: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("15551231234", output + errors, StringComparison.Ordinal);
        Assert.Equal(4, await workplace.CountMessagesAsync("recipient = 'invitations'"));
    }

    [Fact]
    public async Task Status_NoTableYet_SaysSo()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);

        var (exitCode, _, errors) = await workplace.RunAsync("status");

        Assert.Equal(1, exitCode);
        Assert.Contains("invitation_messages", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NoDatabase_SaysSoWithoutItsPassword()
    {
        await using CountingProvider provider = new();
        await using var workplace = await Workplace.CreateAsync(postgres, provider);
        workplace.Settings["ConnectionStrings:Postgres"] = "Host=127.0.0.1;Port=1;Username=someone;Password=topsecret";

        var (exitCode, output, errors) = await workplace.RunAsync("status");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", output + errors, StringComparison.Ordinal);
    }

    private static int MovedIn(string output) =>
        int.Parse(MovedPattern().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"([0-9]+) invitation\(s\) are back in the queue")]
    private static partial Regex MovedPattern();
}
