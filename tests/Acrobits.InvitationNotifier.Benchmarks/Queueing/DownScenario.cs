using System.Diagnostics;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Benchmarks.Queueing;

/// <summary>Enqueueing by one caller while no provider answers: without a worker, and with one that defers all there is.</summary>
internal static class DownScenario
{
    private const double LeastRate = 0.6;

    public static async Task<bool> RunAsync(bool quick)
    {
        var seconds = quick ? 5 : 15;
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await DurableScenario.CreateDatabaseAsync(server);
        var nobody = new Uri($"http://{ProviderProcess.AddressOf(1)}:9/");
        var rows = new List<string[]>();
        var rates = new Dictionary<(Recipe, int), double>();
        foreach (var recipe in Enum.GetValues<Recipe>())
        {
            foreach (var workers in new[] { 0, 1 })
            {
                using var host = await DurableScenario.StartSenderAsync(database, recipe);
                var queue = host.Services.GetRequiredService<IInvitationQueue>();
                await DurableScenario.SendAsync(queue, Enumerable.Range(0, 8_000));
                using var worker = workers == 0 ? null : await QueueWorker.StartAsync(recipe, Work.Library, database.ConnectionString, nobody);

                // Until what was there before is deferred.
                await Task.Delay(TimeSpan.FromSeconds(workers == 0 ? 0 : 15));
                var before = await CommitsAsync(database);
                var sent = 0;
                var clock = Stopwatch.StartNew();
                while (clock.Elapsed.TotalSeconds < seconds)
                {
                    await DurableScenario.SendAsync(queue, Enumerable.Range(sent, 50));
                    sent += 50;
                }

                var rate = rates[(recipe, workers)] = sent / clock.Elapsed.TotalSeconds;
                var commits = (await CommitsAsync(database) - before) / clock.Elapsed.TotalSeconds;
                rows.Add([$"{(recipe == Recipe.OneCall ? "one call" : "by hand")}, {workers} worker(s)", Report.Number(rate), Report.Number(commits)]);
                await host.StopAsync();
                await database.ExecuteAsync($"TRUNCATE {QueueWorker.TableOf(recipe)}");
            }
        }

        Report.Table(["accepted from one caller, all providers down", "invitations/s", "commits/s"], rows);
        var kept = rates[(Recipe.OneCall, 1)] / rates[(Recipe.OneCall, 0)];
        return Report.Target($"enqueueing keeps {kept:P0} of its rate (at least {LeastRate:P0})", kept >= LeastRate);
    }

    private static async Task<long> CommitsAsync(PostgresDatabase database) =>
        (await database.ReadAsync<long>("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))[0];
}
