using System.Diagnostics;
using System.Globalization;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Acrobits.InvitationNotifier.Benchmarks.Queueing;

/// <summary>
/// Durable delivery over PostgreSQL: how fast invitations are accepted, and how fast 1 and 2 worker processes deliver them, with
/// the one call and with the recipe that one had to write by hand, beside a handler that does nothing and one that makes a bare
/// HTTP request. All take turns in each round, so that whatever else the machine does meets all of them.
/// </summary>
internal static class DurableScenario
{
    private const int RunsInARound = 4;

    private static readonly (Recipe Recipe, Work Work)[] Contenders =
    [
        .. from work in Enum.GetValues<Work>() from recipe in Enum.GetValues<Recipe>() select (recipe, work),
    ];

    public static async Task<bool> RunAsync(bool quick)
    {
        var messages = quick ? 2000 : 3000;
        var rounds = quick ? 1 : 3;
        using var providers = await ProviderProcess.StartAsync();
        var provider = new Uri($"http://{ProviderProcess.AddressOf(0)}:{providers.HealthyPort}/");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await CreateDatabaseAsync(server);

        Console.WriteLine($"{messages} messages a run, {QueueWorker.Parallelism} at a time in each worker, {rounds} round(s) of {RunsInARound} runs; medians.");
        await PrintAcceptedAsync(database, messages, rounds);
        var met = true;
        foreach (var workers in new[] { 1, 2 })
        {
            var runs = Contenders.ToDictionary(contender => contender, _ => new List<(double Seconds, double Processor)>());
            for (var round = 0; round < rounds; round++)
            {
                foreach (var contender in Contenders.Select((_, index) => Contenders[(index + round) % Contenders.Length]))
                {
                    runs[contender].AddRange(await DrainAsync(contender.Recipe, contender.Work, workers, database, provider, messages));
                    await ExpectNothingLeftAsync(database, contender.Recipe);
                }
            }

            met &= Print(workers, messages, runs);
        }

        return met & await Backlog.PrintAsync(quick, messages, database, provider);
    }

    public static async Task<PostgresDatabase> CreateDatabaseAsync(PostgresServer server)
    {
        var database = await PostgresDatabase.CreateAsync(server.ConnectionString);

        // The tests' server does without, which would flatter what is measured here.
        await database.ExecuteAsync("ALTER SYSTEM SET fsync = on");
        await database.ExecuteAsync("SELECT pg_reload_conf()");
        return database;
    }

    private static bool Print(int workers, int messages, Dictionary<(Recipe Recipe, Work Work), List<(double Seconds, double Processor)>> runs)
    {
        Report.Table(
            [$"delivered by {workers} worker(s)", "messages/s", "spread", "x by hand", "x bare request", "worker's processor, us"],
            runs.Select(run => new[]
            {
                $"{Name(run.Key.Recipe)}: {run.Key.Work switch { Work.Nothing => "no-op handler", Work.BareRequest => "bare HTTP request", _ => "this library" }}",
                Report.Number(messages / Report.Median(run.Value.Select(one => one.Seconds))),
                $"{Report.Number(messages / run.Value.Max(one => one.Seconds))} - {Report.Number(messages / run.Value.Min(one => one.Seconds))}",
                Report.Number(Ratio((Recipe.HandWritten, run.Key.Work), run.Key), 2),
                Report.Number(Ratio((run.Key.Recipe, Work.BareRequest), run.Key), 2),
                Report.Number(Report.Median(run.Value.Select(one => one.Processor)) * 1e6 / messages),
            }));
        Console.WriteLine();

        var nothing = Ratio((Recipe.HandWritten, Work.Nothing), (Recipe.OneCall, Work.Nothing));
        var library = Ratio((Recipe.HandWritten, Work.Library), (Recipe.OneCall, Work.Library));
        var bare = Ratio((Recipe.OneCall, Work.BareRequest), (Recipe.OneCall, Work.Library));
        return Report.Target($"{workers} worker(s): the one call handles {Report.Number(nothing, 2)} times the messages of the recipe by hand (at least 1.5)", nothing >= 1.5)
            & Report.Target($"{workers} worker(s): the one call delivers {Report.Number(library, 2)} times as many (at least 1.3)", library >= 1.3)
            & Report.Target($"{workers} worker(s): the library delivers {bare:P0} of the bare requests (at least 85 %)", bare >= 0.85);

        // How many times the messages a second.
        double Ratio((Recipe, Work) of, (Recipe, Work) to) =>
            Report.Median(runs[of].Select(run => run.Seconds)) / Report.Median(runs[to].Select(run => run.Seconds));
    }

    // Accepted means committed: by one caller, by 16, and by one in transactions of 100.
    private static async Task PrintAcceptedAsync(PostgresDatabase database, int messages, int rounds)
    {
        var rows = new List<string[]>();
        foreach (var recipe in Enum.GetValues<Recipe>())
        {
            using var host = await StartSenderAsync(database, recipe);
            var queue = host.Services.GetRequiredService<IInvitationQueue>();
            await SendAsync(queue, Enumerable.Range(0, 500));
            foreach (var callers in new[] { 1, 16 })
            {
                var rates = new List<double>();
                for (var round = 0; round < rounds; round++)
                {
                    var clock = Stopwatch.StartNew();
                    await Task.WhenAll(Enumerable.Range(0, messages).Chunk((messages + callers - 1) / callers).Select(chunk => Task.Run(() => SendAsync(queue, chunk))));
                    rates.Add(messages / clock.Elapsed.TotalSeconds);
                }

                rows.Add([$"{Name(recipe)}, {callers} caller(s)", Report.Number(Report.Median(rates)), $"{Report.Number(rates.Min())} - {Report.Number(rates.Max())}"]);
            }

            await host.StopAsync();
            await KeepOneMessageAsync(database, recipe);
        }

        Report.Table(["accepted, PostgreSQL", "invitations/s", "spread"], rows);
    }

    public static async Task<IHost> StartSenderAsync(PostgresDatabase database, Recipe recipe)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddInvitationNotifier(_ => { });
        QueueWorker.AddQueue(builder.Services, recipe, database.ConnectionString, deliver: false);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public static async Task SendAsync(IInvitationQueue queue, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            await queue.EnqueueAsync(InvitationOf(number));
        }
    }

    public static async Task<List<(double Seconds, double Processor)>> DrainAsync(
        Recipe recipe, Work work, int workers, PostgresDatabase database, Uri provider, int messages, Func<Task>? prepare = null)
    {
        var started = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => QueueWorker.StartAsync(recipe, work, database.ConnectionString, provider)));
        try
        {
            // What a worker does first, it does slowly: until some 12,000 messages are done, the runtime still compiles, the more
            // the more code there is to run.
            await HandOverAsync(database, recipe, messages * 5 * workers);
            if (prepare is not null)
            {
                await prepare();
            }

            var runs = new List<(double, double)>();
            for (var run = 0; run < RunsInARound; run++)
            {
                var processor = started.Sum(worker => worker.ProcessorTime.TotalSeconds);
                var seconds = await HandOverAsync(database, recipe, messages);
                runs.Add((seconds, started.Sum(worker => worker.ProcessorTime.TotalSeconds) - processor));
            }

            return runs;
        }
        finally
        {
            foreach (var worker in started)
            {
                worker.Dispose();
            }
        }
    }

    // One message, as the queue has written it, is what all others are copies of.
    private static Task KeepOneMessageAsync(PostgresDatabase database, Recipe recipe) => database.ExecuteAsync(
        $"""
        CREATE TABLE kept_{recipe} AS SELECT * FROM {QueueWorker.TableOf(recipe)} WHERE recipient = '{QueueWorker.Queue}' LIMIT 1;
        TRUNCATE {QueueWorker.TableOf(recipe)};
        """);

    public static Task InsertAsync(PostgresDatabase database, Recipe recipe, int messages, string recipient, string visible)
    {
        var more = recipe == Recipe.OneCall ? ", event, network_id, invitation_id" : "";
        return database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO {QueueWorker.TableOf(recipe)} (recipient, priority, expiration, visible, headers, body{more})
            SELECT '{recipient}', priority, expiration, {visible}, headers, body{more} FROM kept_{recipe}, generate_series(1, {messages})
            """));
    }

    // All at one blow, so that nobody measures how they are put in; then until the last one is gone.
    private static async Task<double> HandOverAsync(PostgresDatabase database, Recipe recipe, int messages)
    {
        await InsertAsync(database, recipe, messages, QueueWorker.Queue, "now()");
        var clock = Stopwatch.StartNew();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();

        // A message under way has a lease, which ends within the hour; those that are beside are due tomorrow.
        await using var left = new NpgsqlCommand(
            $"SELECT EXISTS (SELECT FROM {QueueWorker.TableOf(recipe)} WHERE recipient = '{QueueWorker.Queue}' AND visible <= now() + interval '1 h' ORDER BY visible LIMIT 1)", connection);
        while ((bool)(await left.ExecuteScalarAsync())!)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new TimeoutException("The workers do not get on with their work.");
            }

            await Task.Delay(10);
        }

        return clock.Elapsed.TotalSeconds;
    }

    // What was put off, or has failed, was not delivered.
    private static async Task ExpectNothingLeftAsync(PostgresDatabase database, Recipe recipe)
    {
        if ((await database.ReadAsync<long>($"SELECT count(*) FROM {QueueWorker.TableOf(recipe)}"))[0] is > 0 and var count)
        {
            throw new InvalidOperationException($"{count} messages were not delivered.");
        }
    }

    public static string Name(Recipe recipe) => recipe == Recipe.OneCall ? "one call" : "by hand";

    public static Invitation InvitationOf(int number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"1555{number:D7}"), "johnsnow", "mynetwork");
}
