using System.Diagnostics;
using System.Globalization;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Rebus.Config;

namespace Acrobits.InvitationNotifier.Benchmarks.Queueing;

/// <summary>
/// Durable delivery over PostgreSQL: how fast invitations are accepted, and how fast 1 and 2 worker processes deliver them,
/// beside a handler that does nothing and one that makes a bare HTTP request, on the same transport. The kinds take turns in
/// each round, with 1 and with 2 workers, so that whatever else the machine does meets all of them.
/// </summary>
internal static class DurableScenario
{
    private const double MostOverhead = 0.10;
    private const int RunsInARound = 4;

    private static readonly Work[] Kinds = [Work.Nothing, Work.BareRequest, Work.Library];

    public static async Task<bool> RunAsync(bool quick)
    {
        var messages = quick ? 500 : 3000;
        var rounds = quick ? 1 : 3;
        using var providers = await ProviderProcess.StartAsync();
        var provider = new Uri($"http://{ProviderProcess.AddressOf(0)}:{providers.HealthyPort}/");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);

        // The tests' server does without, which would flatter what is measured here.
        await database.ExecuteAsync("ALTER SYSTEM SET fsync = on");
        await database.ExecuteAsync("SELECT pg_reload_conf()");

        Console.WriteLine($"{messages} messages a run, {QueueWorker.Parallelism} at a time in each worker, {rounds} round(s) of {RunsInARound} runs; medians.");
        var accepted = await EnqueueAsync(database, messages, rounds);
        await KeepOneMessageAsync(database);
        Report.Table(
            ["accepted, PostgreSQL", "invitations/s", "spread"],
            accepted.Select(row => new[] { row.What, Report.Number(Report.Median(row.Rates)), $"{Report.Number(row.Rates.Min())} - {Report.Number(row.Rates.Max())}" }));

        int[] processes = [1, 2];
        var runs = processes.ToDictionary(
            workers => workers, _ => Kinds.ToDictionary(kind => kind, _ => new List<(double Seconds, double Processor)>()));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var kind in Kinds.Select((_, index) => Kinds[(index + round) % Kinds.Length]))
            {
                foreach (var workers in processes)
                {
                    runs[workers][kind].AddRange(await DrainAsync(kind, workers, database, provider, messages));
                    await ExpectNothingLeftAsync(database);
                }
            }
        }

        var met = true;
        foreach (var workers in processes)
        {
            met &= Print(workers, messages, runs[workers]);
        }

        await PrintBacklogAsync(quick, messages, database, provider);
        return met;
    }

    // A provider that has been down for a day leaves many deferred and some dead, in the same table.
    private static async Task PrintBacklogAsync(bool quick, int messages, PostgresDatabase database, Uri provider)
    {
        const string Indexed = "deferred, with more indexes,";
        var backlog = quick ? 10_000 : 100_000;
        var rows = new List<string[]>();
        foreach (var (what, recipient, visible) in new[]
        {
            ("deferred", QueueWorker.Queue, "now() + interval '1 day'"),
            ("dead", "error", "now() - interval '1 day'"),
            (Indexed, QueueWorker.Queue, "now() + interval '1 day'"),
            ("dead, with more indexes,", "error", "now() - interval '1 day'"),
        })
        {
            if (what == Indexed)
            {
                // As docs/queues.md says.
                await database.ExecuteAsync("CREATE INDEX ON messages (recipient, priority DESC, visible, id); CREATE INDEX ON messages (id)");
            }

            var runs = await DrainAsync(Work.Library, 1, database, provider, messages, async () =>
            {
                await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
                    INSERT INTO messages (recipient, priority, expiration, visible, headers, body)
                    SELECT '{recipient}', priority, expiration, {visible}, headers, body FROM kept, generate_series(1, {backlog});
                    """));
                await database.ExecuteAsync("VACUUM ANALYZE messages");
            });
            var rates = runs.ConvertAll(run => messages / run.Seconds);
            rows.Add([$"with {Report.Number(backlog)} {what} beside", Report.Number(Report.Median(rates)), $"{Report.Number(rates.Min())} - {Report.Number(rates.Max())}"]);
            await database.ExecuteAsync("TRUNCATE messages");
        }

        Report.Table(["delivered by 1 worker", "messages/s", "spread"], rows);
    }

    private static bool Print(int workers, int messages, Dictionary<Work, List<(double Seconds, double Processor)>> runs)
    {
        var bare = runs[Work.BareRequest];
        Report.Table(
            [$"delivered by {workers} worker(s)", "messages/s", "spread", "x bare request", "worker's processor, us"],
            runs.Select(kind => new[]
            {
                kind.Key switch { Work.Nothing => "no-op handler", Work.BareRequest => "bare HTTP request", _ => "this library" },
                Report.Number(messages / Report.Median(kind.Value.Select(run => run.Seconds))),
                $"{Report.Number(messages / kind.Value.Max(run => run.Seconds))} - {Report.Number(messages / kind.Value.Min(run => run.Seconds))}",
                Report.Number(Report.Median(kind.Value.Select((run, round) => run.Seconds / bare[round].Seconds)), 2),
                Report.Number(Report.Median(kind.Value.Select(run => run.Processor)) * 1e6 / messages),
            }));
        Console.WriteLine();

        var overhead = Report.Median(runs[Work.Library].Select((run, round) => run.Seconds / bare[round].Seconds)) - 1;
        return Report.Target(
            string.Create(CultureInfo.InvariantCulture, $"{workers} worker(s): the library costs {overhead:P1} beside the bare request (at most {MostOverhead:P0})"),
            overhead <= MostOverhead);
    }

    // Accepted means committed: by one caller, by 16, and by one in transactions of 100.
    private static async Task<List<(string What, List<double> Rates)>> EnqueueAsync(PostgresDatabase database, int messages, int rounds)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddInvitationNotifier(_ => { });
        builder.Services.AddRebus(bus => QueueWorker.AddTransport(bus, database.ConnectionString).Options(options => options.SetNumberOfWorkers(0)));
        builder.Services.AddRebusInvitationQueue();
        using var host = builder.Build();
        await host.StartAsync();
        var queue = host.Services.GetRequiredService<IInvitationQueue>();
        await SendAsync(queue, Enumerable.Range(0, 50));

        var ways = new (string What, Func<Task> SendAsync)[]
        {
            ("one caller", () => SendAsync(queue, Enumerable.Range(0, messages))),
            ("16 callers", () => Task.WhenAll(
                Enumerable.Range(0, messages).Chunk((messages + 15) / 16).Select(chunk => SendAsync(queue, chunk)))),
            ("one caller, transactions of 100", async () =>
            {
                foreach (var chunk in Enumerable.Range(0, messages).Chunk(100))
                {
                    using var transaction = new global::Rebus.Transport.RebusTransactionScope();
                    await SendAsync(queue, chunk);
                    await transaction.CompleteAsync();
                }
            }),
        };
        var rates = ways.Select(way => (way.What, Rates: new List<double>())).ToList();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (way, rate) in ways.Zip(rates))
            {
                rate.Rates.Add(await RateAsync(messages, way.SendAsync));
            }
        }

        await host.StopAsync();
        return rates;
    }

    private static async Task SendAsync(IInvitationQueue queue, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            await queue.EnqueueAsync(InvitationOf(number));
        }
    }

    private static async Task<List<(double Seconds, double Processor)>> DrainAsync(
        Work work, int workers, PostgresDatabase database, Uri provider, int messages, Func<Task>? prepare = null)
    {
        var started = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => QueueWorker.StartAsync(work, database.ConnectionString, provider)));
        try
        {
            // What a worker does first, it does slowly: until some 12,000 messages are done, the runtime still compiles, the more
            // the more code there is to run.
            await HandOverAsync(database, messages * 5 * workers);
            if (prepare is not null)
            {
                await prepare();
            }

            var runs = new List<(double, double)>();
            for (var run = 0; run < RunsInARound; run++)
            {
                var processor = started.Sum(worker => worker.ProcessorTime.TotalSeconds);
                var seconds = await HandOverAsync(database, messages);
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
    private static Task KeepOneMessageAsync(PostgresDatabase database) => database.ExecuteAsync(
        $"""
        CREATE TABLE kept AS SELECT * FROM messages WHERE recipient = '{QueueWorker.Queue}' LIMIT 1;
        TRUNCATE messages;
        """);

    // All at one blow, so that nobody measures how they are put in; then until the last one is gone.
    private static async Task<double> HandOverAsync(PostgresDatabase database, int messages)
    {
        await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO messages (recipient, priority, expiration, visible, headers, body)
            SELECT recipient, priority, expiration, now(), headers, body FROM kept, generate_series(1, {messages})
            """));
        var clock = Stopwatch.StartNew();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var left = new NpgsqlCommand(
            $"SELECT EXISTS (SELECT FROM messages WHERE recipient = '{QueueWorker.Queue}' AND visible <= now())", connection);
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
    private static async Task ExpectNothingLeftAsync(PostgresDatabase database)
    {
        if ((await database.ReadAsync<long>("SELECT count(*) FROM messages"))[0] is > 0 and var count)
        {
            throw new InvalidOperationException($"{count} messages were not delivered.");
        }
    }

    private static async Task<double> RateAsync(int messages, Func<Task> sendAsync)
    {
        var clock = Stopwatch.StartNew();
        await sendAsync();
        return messages / clock.Elapsed.TotalSeconds;
    }

    public static Invitation InvitationOf(int number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"1555{number:D7}"), "johnsnow", "mynetwork");
}
