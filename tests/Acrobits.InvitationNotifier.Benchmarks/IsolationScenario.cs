using System.Diagnostics;
using System.Globalization;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>
/// What sick destinations cost the healthy ones. The same workload runs against 1,000 destinations that are all healthy
/// (A) and against the same with 10 % that hang, 10 % that refuse connections and 10 % that answer 500 (B), in turn, so
/// that whatever else the machine does meets both. Only the 700 that are healthy in both are measured.
/// </summary>
/// <remarks>
/// Two loads. "steady": invitations for all destinations arrive at a fixed rate that leaves the machine room, whatever
/// becomes of the earlier ones, as they do at a server; it shows the latency. "saturated": those for the sick arrive in
/// the same way, while callers send to the healthy ones as fast as they can; it shows the throughput, because all that
/// the sick cost is then missing elsewhere. Each round has a notifier of its own, and so begins with closed circuits,
/// which is when the sick cost most.
/// </remarks>
internal static class IsolationScenario
{
    private const int Callers = 100;
    private const double SteadyShare = 0.3;
    private const double LeastThroughput = 0.9;
    private const double MostMedian = 2;
    private const double LeastDelivered = 0.999;
    private const int NeededHandles = 8000;

    public static async Task<bool> RunAsync(bool quick)
    {
        if (OpenFilesLimit() < NeededHandles)
        {
            throw new InvalidOperationException($"Needs {NeededHandles} open files; raise the limit (ulimit -n).");
        }

        var pairs = quick ? 1 : 3;
        var length = TimeSpan.FromSeconds(quick ? 3 : 6);
        var clock = Stopwatch.StartNew();
        using var providers = await ProviderProcess.StartAsync();

        // Both workloads once, so that all code is compiled; then what "room" means on this machine is found out.
        await new IsolationRound(providers, isMixed: true, rate: 1000, Callers).RunAsync(length);
        var capacity = (await new IsolationRound(providers, isMixed: false, rate: 0, Callers).RunAsync(length / 2)).Rate(length / 2);
        var rate = capacity * SteadyShare;
        var handlesBefore = IsolationRound.CountHandles();

        Console.WriteLine($"Options: defaults but for AllowedRanges 127.0.0.0/8 and times of a tenth, so that it ends soon ({IsolationRound.Times}).");
        Console.WriteLine($"steady: {Report.Number(rate)} notifications/s arrive for {ProviderProcess.Count} destinations ({SteadyShare:P0} of what {Callers} callers reached).");
        Console.WriteLine($"saturated: {Callers} callers for the healthy 70 %, and {Report.Number(rate * 0.3)} notifications/s for the other 30 %.");
        Console.WriteLine($"{pairs} round(s) each of {length.TotalSeconds:F0} s, all healthy (A) and mixed (B) in turn; each with closed circuits at its start.");

        var steady = new List<(IsolationRound Healthy, IsolationRound Mixed)>();
        var saturated = new List<(IsolationRound Healthy, IsolationRound Mixed)>();
        for (var pair = 0; pair < pairs; pair++)
        {
            steady.Add((await RunRoundAsync(isMixed: false, callers: 0), await RunRoundAsync(isMixed: true, callers: 0)));
            saturated.Add((await RunRoundAsync(isMixed: false, Callers), await RunRoundAsync(isMixed: true, Callers)));
        }

        var flood = await IsolationRound.FloodAsync(providers, notifications: 5000);
        var handlesAfter = await HandlesLeftAsync(handlesBefore);

        var steadyRatios = PrintLoad("steady", steady, length);
        var saturatedRatios = PrintLoad("saturated", saturated, length);
        var mixed = steady.Concat(saturated).Select(pair => pair.Mixed).ToArray();
        PrintOutcomes(mixed);
        PrintBounds(steady.Concat(saturated).Select(pair => pair.Healthy).ToArray(), mixed);

        Console.WriteLine();
        Console.WriteLine($"A flood: {flood.Sent:N0} notifications at once for one destination that hangs: {flood.PeakPending:N0} running and queued "
            + $"(limit 32 + 1,024), {flood.Suspended:N0} suspended; the last came back after {flood.Seconds:F1} s.");
        Console.WriteLine($"Open handles before the rounds {handlesBefore:N0}, after them {handlesAfter:N0}. The whole took {clock.Elapsed.TotalSeconds:F0} s.");
        Console.WriteLine();

        var delivered = mixed.Min(round => round.HealthyDelivered);
        var met = Report.Target($"saturated: throughput of the healthy {saturatedRatios.Throughput:P0} (at least {LeastThroughput:P0})", saturatedRatios.Throughput >= LeastThroughput);
        met &= Report.Target($"steady: throughput of the healthy {steadyRatios.Throughput:P0} (at least {LeastThroughput:P0})", steadyRatios.Throughput >= LeastThroughput);
        met &= Report.Target($"steady: median latency of the healthy x {steadyRatios.Median:F2} (at most {MostMedian})", steadyRatios.Median <= MostMedian);
        met &= Report.Target($"saturated: median latency of the healthy x {saturatedRatios.Median:F2} (at most {MostMedian})", saturatedRatios.Median <= MostMedian);
        met &= Report.Target($"delivered to the healthy in the mixed rounds, the worst of them: {delivered:P2} (at least {LeastDelivered:P1})", delivered >= LeastDelivered);
        met &= Report.Target("a destination never had more than 32 running and 1,024 queued", flood.PeakPending <= 32 + 1024 && mixed.All(round => round.PeakOfOne <= 32 + 1024));
        met &= Report.Target("every notification came back, and no socket was left", mixed.All(round => round.IsDrained) && flood.IsDrained && handlesAfter <= handlesBefore + 50);
        return met;

        async Task<IsolationRound> RunRoundAsync(bool isMixed, int callers) =>
            await new IsolationRound(providers, isMixed, rate, callers).RunAsync(length);
    }

    private static (double Throughput, double Median) PrintLoad(
        string name, List<(IsolationRound Healthy, IsolationRound Mixed)> pairs, TimeSpan length)
    {
        // Of each pair a ratio, of the ratios the median: a drift of the machine meets both of a pair.
        var all = pairs.ConvertAll(pair => (A: pair.Healthy, B: pair.Mixed));
        var throughput = Ratios(round => round.Rate(length));
        var median = Ratios(round => round.Latency(0.5));
        Report.Table(
            [$"{name}, the healthy 700", "all healthy", "mixed", "ratio", "of the pairs"],
            [
                Row("notifications/s", round => round.Rate(length), 0),
                Row("latency, median, ms", round => round.Latency(0.5), 2),
                Row("latency, p99, ms", round => round.Latency(0.99), 2),
                Row("processor time of the whole process, ms a delivered one", round => round.ProcessorMilliseconds, 3),
            ]);
        return (Report.Median(throughput), Report.Median(median));

        double[] Ratios(Func<IsolationRound, double> value) => [.. all.Select(pair => value(pair.B) / value(pair.A))];

        string[] Row(string what, Func<IsolationRound, double> value, int decimals)
        {
            var ratios = Ratios(value);
            return
            [
                what,
                Report.Number(Report.Median(all.Select(pair => value(pair.A))), decimals),
                Report.Number(Report.Median(all.Select(pair => value(pair.B))), decimals),
                Report.Number(Report.Median(ratios), 2),
                string.Join(" ", ratios.Select(ratio => Report.Number(ratio, 2))),
            ];
        }
    }

    private static void PrintOutcomes(IsolationRound[] mixed)
    {
        var outcomes = new[]
        {
            NotificationOutcome.Delivered, NotificationOutcome.Rejected, NotificationOutcome.Unreachable, NotificationOutcome.Suspended,
        };
        Report.Table(
            ["outcomes of the mixed rounds", .. outcomes.Select(outcome => outcome.ToString()), "requests a notification"],
            Enum.GetValues<Behaviour>().Select(behaviour => (string[])
            [
                behaviour.ToString(),
                .. outcomes.Select(outcome => Report.Number(mixed.Sum(round => round.Outcomes[(int)behaviour, (int)outcome]))),
                Report.Number(
                    mixed.Sum(round => round.Attempts[(int)behaviour])
                    / (double)mixed.Sum(round => outcomes.Sum(outcome => round.Outcomes[(int)behaviour, (int)outcome])), 2),
            ]));
    }

    private static void PrintBounds(IsolationRound[] healthy, IsolationRound[] mixed)
    {
        Report.Table(
            ["peaks of all rounds", "all healthy", "mixed"],
            [
                Row("running and queued, all destinations", round => round.PeakPending),
                Row("running and queued, one destination", round => round.PeakOfOne),
                Row("managed memory, MB", round => round.PeakMemory / 1_000_000),
                Row("open handles", round => round.PeakHandles),
                Row("threads of the pool", round => round.PeakThreads),
            ]);

        string[] Row(string what, Func<IsolationRound, long> value) =>
            [what, Report.Number(healthy.Max(value)), Report.Number(mixed.Max(value))];
    }

    // What closes is closed a moment later.
    private static async Task<int> HandlesLeftAsync(int before)
    {
        for (var i = 0; i < 30 && IsolationRound.CountHandles() > before; i++)
        {
            await Task.Delay(100);
        }

        return IsolationRound.CountHandles();
    }

    private static int OpenFilesLimit()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
        {
            return int.MaxValue;
        }

        var line = File.ReadLines(Limits).First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return int.TryParse(line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var limit)
            ? limit
            : int.MaxValue;
    }
}
