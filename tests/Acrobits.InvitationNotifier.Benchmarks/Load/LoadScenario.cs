using System.Globalization;
using System.Runtime;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>
/// Whole notifications over loopback: what the library adds to the bare handler, and what others add that one could use
/// in its place. All run in turn, several times, so that what else the machine does hits all alike.
/// </summary>
internal static class LoadScenario
{
    public const int ManyAtATime = 64;

    // What the compiler may still take of the processor time of a round that counts, and how long it is waited for.
    private const double MostCompilation = 0.02;
    private const int MostWarmUps = 8;

    private const double MostBytesOfGet = 2_600;
    private const double MostBytesOfPost = 2_900;
    private const double MostProcessorToBare = 1.25;
    private const double MostProcessorToStandardHandler = 0.8;

    public static async Task<bool> RunAsync(bool quick, string? output, string? chart)
    {
        using var server = await LoadServer.StartAsync();
        var rounds = quick ? 3 : 21;
        var workloads = (
            from reusesConnections in new[] { true, false }
            from concurrency in new[] { ManyAtATime, 1 }
            from isPost in new[] { false, true }
            select new Workload(server.Origin, isPost, reusesConnections, concurrency)).ToArray();

        Console.WriteLine($"Server: {server.Name}, in a process of its own. Medians of {rounds} rounds (least..most).");
        await WarmUpAsync(workloads, workload => Notifications(workload, quick));
        var measured = await MeasureAsync(workloads, rounds, workload => Notifications(workload, quick));
        var results = new LoadResults(server.Name, rounds, [.. workloads.Select(workload => Summarise(workload, measured, quick))]);
        foreach (var (workload, result) in workloads.Zip(results.Workloads))
        {
            Report.Heading($"{workload}: {Report.Number(result.Notifications)} notifications a round");
            result.Print();
        }

        if (output is not null)
        {
            results.WriteJson(output);
        }

        if (chart is not null)
        {
            await File.WriteAllTextAsync(chart, LoadChart.Draw(results));
        }

        Console.WriteLine();
        return CheckTargets(results);
    }

    // A connection of its own leaves a port in TIME_WAIT for a minute. So few of them that the system's range of ports,
    // 28,000 on Linux, never runs out.
    private static int Notifications(Workload workload, bool quick) => workload switch
    {
        { ReusesConnections: false } => quick ? 150 : 200,
        { Concurrency: 1 } => quick ? 800 : 2_000,
        _ => quick ? 4_000 : 12_000,
    };

    // The runtime compiles in the background, at the expense of whichever client is being measured, and compiles more of those
    // that have more code.
    private static async Task WarmUpAsync(Workload[] workloads, Func<Workload, int> notifications)
    {
        for (var round = 1; round <= MostWarmUps; round++)
        {
            var (compilation, processor) = (JitInfo.GetCompilationTime(), Environment.CpuUsage.TotalTime);
            await foreach (var _ in RoundAsync(workloads, notifications, new Random(round)))
            {
            }

            var share = (JitInfo.GetCompilationTime() - compilation) / (Environment.CpuUsage.TotalTime - processor);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not counted: round {round}, of which the compiler took {share:P1}."));
            if (share <= MostCompilation)
            {
                return;
            }
        }
    }

    private static async Task<Dictionary<(Workload, LoadContender), List<Measurement>>> MeasureAsync(
        Workload[] workloads, int rounds, Func<Workload, int> notifications)
    {
        var measured = new Dictionary<(Workload, LoadContender), List<Measurement>>();
        var random = new Random(0);
        for (var round = 0; round < rounds; round++)
        {
            await foreach (var (workload, contender, measurement) in RoundAsync(workloads, notifications, random))
            {
                if (!measured.TryGetValue((workload, contender), out var all))
                {
                    measured[(workload, contender)] = all = [];
                }

                all.Add(measurement);
            }
        }

        return measured;
    }

    private static async IAsyncEnumerable<(Workload Workload, LoadContender Contender, Measurement Measurement)> RoundAsync(
        Workload[] workloads, Func<Workload, int> notifications, Random random)
    {
        foreach (var workload in workloads)
        {
            // None always comes first, or after the same other one.
            var contenders = LoadContender.All.ToArray();
            random.Shuffle(contenders);
            foreach (var contender in contenders)
            {
                yield return (workload, contender, await Measurement.TakeAsync(contender, workload, notifications(workload)));
            }
        }
    }

    private static WorkloadResult Summarise(
        Workload workload, Dictionary<(Workload, LoadContender), List<Measurement>> measured, bool quick) => new(
            workload.IsPost,
            workload.ReusesConnections,
            workload.Concurrency,
            Notifications(workload, quick),
            [.. LoadContender.All.Select(contender => ClientResult.Of(
                contender.Name, measured[(workload, contender)], measured[(workload, LoadContender.Bare)]))]);

    private static bool CheckTargets(LoadResults results)
    {
        var met = true;
        foreach (var (name, result, mostBytes) in new[]
        {
            ("GET", results.Busy(isPost: false), MostBytesOfGet),
            ("POST", results.Busy(isPost: true), MostBytesOfPost),
        })
        {
            var library = result[LoadContender.Library];
            var bytes = library.AllocatedBytes.Median;
            var toBare = library.ProcessorToBare.Median;
            var toStandard = library.ProcessorTo(result[LoadContender.StandardHandler]).Median;
            met &= Report.Target($"{name}, {ManyAtATime} at a time, connections reused: {Report.Number(bytes)} B allocated (at most {Report.Number(mostBytes)})", bytes <= mostBytes);
            met &= Report.Target($"{name}: {Report.Number(toBare, 2)} of the bare handler's processor time (at most {MostProcessorToBare})", toBare <= MostProcessorToBare);
            met &= Report.Target($"{name}: {Report.Number(toStandard, 2)} of the standard resilience handler's processor time (at most {MostProcessorToStandardHandler})", toStandard <= MostProcessorToStandardHandler);
        }

        return met;
    }
}
