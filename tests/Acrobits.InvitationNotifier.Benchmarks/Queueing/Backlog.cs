using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

namespace Acrobits.InvitationNotifier.Benchmarks.Queueing;

/// <summary>
/// How fast messages are taken from a table that holds many dead and deferred ones, as providers that have been down for a day
/// leave them.
/// </summary>
internal static class Backlog
{
    public static async Task<bool> PrintAsync(bool quick, int messages, PostgresDatabase database, Uri provider)
    {
        var backlog = quick ? 10_000 : 100_000;
        var rows = new List<string[]>();
        var rates = new Dictionary<(Recipe, bool), double>();
        foreach (var recipe in Enum.GetValues<Recipe>())
        {
            foreach (var isBeside in new[] { false, true })
            {
                var runs = await DurableScenario.DrainAsync(
                    recipe, Work.Nothing, 1, database, provider, messages, isBeside ? () => InsertAsync(database, recipe, backlog) : null);
                var median = rates[(recipe, isBeside)] = Report.Median(runs.Select(run => messages / run.Seconds));
                rows.Add([$"{DurableScenario.Name(recipe)}, {(isBeside ? $"{Report.Number(backlog)} dead and {Report.Number(backlog)} deferred beside" : "empty table")}", Report.Number(median)]);
                await database.ExecuteAsync($"TRUNCATE {QueueWorker.TableOf(recipe)}");
            }
        }

        await AddLimitAsync(rows, database, messages, "empty table");
        await InsertAsync(database, Recipe.OneCall, backlog);
        await AddLimitAsync(rows, database, messages, $"{Report.Number(backlog)} dead and {Report.Number(backlog)} deferred beside");
        Report.Table(["no-op handler, 1 worker", "messages/s"], rows);
        var kept = rates[(Recipe.OneCall, true)] / rates[(Recipe.OneCall, false)];
        return Report.Target($"dead and deferred rows leave {kept:P0} of the rate (at least 90 %)", kept >= 0.9);
    }

    private static async Task InsertAsync(PostgresDatabase database, Recipe recipe, int backlog)
    {
        foreach (var (recipient, visible) in new[] { (QueueWorker.Queue, "now() + interval '1 day'"), ("error", "now() - interval '1 day'") })
        {
            await DurableScenario.InsertAsync(database, recipe, backlog, recipient, visible);
        }

        await database.ExecuteAsync($"VACUUM ANALYZE {QueueWorker.TableOf(recipe)}");
    }

    private static async Task AddLimitAsync(List<string[]> rows, PostgresDatabase database, int messages, string beside)
    {
        foreach (var waitsForDisk in new[] { true, false })
        {
            await DurableScenario.InsertAsync(database, Recipe.OneCall, messages, QueueWorker.Queue, "now()");
            var rate = await PgbenchLimit.MeasureAsync(database, QueueWorker.TableOf(Recipe.OneCall), messages, waitsForDisk);
            rows.Add([
                $"pgbench, one message in a transaction that {(waitsForDisk ? "waits" : "does not wait")} for the disk, {beside}",
                rate is { } measured ? Report.Number(measured) : "not installed",
            ]);
        }
    }
}
