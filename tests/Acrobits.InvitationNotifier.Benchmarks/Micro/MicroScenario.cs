using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Acrobits.InvitationNotifier.Benchmarks.Micro;

/// <summary>The steps of a notification one by one, by BenchmarkDotNet.</summary>
internal static class MicroScenario
{
    private const double LeastTimesAsFast = 3;

    // Ten times the length at ten times the cost, and room for caches that are left behind.
    private const double MostTimesTheCost = 15;

    public static Task<bool> RunAsync(bool quick)
    {
        var artifacts = Directory.CreateTempSubdirectory();
        try
        {
            var config = Configure(quick, artifacts.FullName);

            // The longest first: when the short ones follow, the compiler has done most of its work.
            Run<WholeNotification>(config);
            Run<RequestCreation>(config);
            var expansion = Run<Expansion>(config);
            var lengths = Run<Lengths>(config);
            Console.WriteLine();
            return Task.FromResult(CheckExpansion(expansion) & CheckLengths(lengths));
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    // In this process: no second build, and nothing that could be left behind.
    private static ManualConfig Configure(bool quick, string artifacts)
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
        job = quick
            ? job.WithWarmupCount(10).WithIterationCount(3).WithIterationTime(TimeInterval.FromMilliseconds(15))
            : job.WithIterationTime(TimeInterval.FromMilliseconds(200)).WithMaxIterationCount(25);
        return ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(NullLogger.Instance)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .HideColumns(Column.Job, Column.Gen0, Column.Gen1, Column.Gen2)
            .WithArtifactsPath(artifacts)
            .WithOptions(ConfigOptions.DisableLogFile);
    }

    private static Summary Run<TBenchmarks>(IConfig config)
    {
        Console.WriteLine();
        var summary = BenchmarkRunner.Run<TBenchmarks>(config);
        MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Ascii);
        return summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)
            ? throw new InvalidOperationException($"The benchmarks of {typeof(TBenchmarks).Name} did not run.")
            : summary;
    }

    private static bool CheckExpansion(Summary summary)
    {
        var met = true;
        foreach (var context in new[] { Context.Url, Context.Json })
        {
            var (library, replace, alone) = (Find(nameof(Expansion.Library)), Find(nameof(Expansion.StringReplace)), Find(nameof(Expansion.ResultAlone)));
            var timesAsFast = Time(replace) / Time(library);
            var withoutResult = (Time(replace) - Time(alone)) / (Time(library) - Time(alone));
            var allocated = Allocated(library) - Allocated(alone);
            met &= Report.Target(
                $"{context}: {Report.Number(timesAsFast, 1)} times as fast as string.Replace and escaping (at least {LeastTimesAsFast}); without what the result alone takes, {Report.Number(withoutResult, 1)} times",
                timesAsFast >= LeastTimesAsFast);
            met &= Report.Target($"{context}: {Report.Number(allocated)} B allocated beside the result (none)", allocated == 0);

            BenchmarkReport Find(string method) => summary.Reports.Single(report => Is(report, method, context)
                && (Values)report.BenchmarkCase.Parameters[nameof(Expansion.Values)] == Values.Documented);
        }

        return met;
    }

    private static bool CheckLengths(Summary summary)
    {
        var met = true;
        foreach (var context in new[] { Context.Url, Context.Json, Context.Xml })
        {
            foreach (var what in new[] { nameof(Lengths.Template), nameof(Lengths.Value) })
            {
                var (one, ten, hundred) = (TimeOf(1), TimeOf(10), TimeOf(100));
                met &= Report.Target(
                    $"{context}: {what.ToLowerInvariant()} 10 and 100 times as long: {Report.Number(ten / one, 1)} and {Report.Number(hundred / one, 1)} times the time (each tenfold at most {MostTimesTheCost})",
                    ten / one <= MostTimesTheCost && hundred / ten <= MostTimesTheCost);

                // The least: what else the machine does only adds, and to the long ones more.
                double TimeOf(int times) => Least(summary.Reports.Single(report => Is(report, what, context)
                    && (int)report.BenchmarkCase.Parameters[nameof(Lengths.Times)] == times));
            }
        }

        return met;
    }

    private static bool Is(BenchmarkReport report, string method, Context context) =>
        report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method
        && (Context)report.BenchmarkCase.Parameters[nameof(Context)] == context;

    private static double Time(BenchmarkReport report) => report.ResultStatistics!.Median;

    private static double Least(BenchmarkReport report) => report.ResultStatistics!.Min;

    private static long Allocated(BenchmarkReport report) =>
        report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;
}
