using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>Plain, aligned text: what was measured, on which machine, and whether it meets the targets.</summary>
internal static class Report
{
    private const string CpuInfo = "/proc/cpuinfo";

    public static string Processor { get; } = File.Exists(CpuInfo)
        ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";

    public static void Machine()
    {
        Console.WriteLine($"Machine: {Environment.ProcessorCount} cores ({Processor}), {RuntimeInformation.OSDescription}");
        Console.WriteLine($"Runtime: {RuntimeInformation.FrameworkDescription}, {(GCSettings.IsServerGC ? "server" : "workstation")} garbage collector");
    }

    public static void Heading(string text)
    {
        Console.WriteLine();
        Console.WriteLine($"== {text}");
    }

    /// <summary>Prints rows under a header; the first column is text, the others are numbers.</summary>
    public static void Table(string[] header, IEnumerable<string[]> rows)
    {
        string[][] all = [header, .. rows];
        var widths = header.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        Console.WriteLine();
        foreach (var row in all)
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, column) =>
                column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        }
    }

    /// <summary>Prints whether a target was met.</summary>
    public static bool Target(string what, bool met)
    {
        Console.WriteLine($"{(met ? "met   " : "MISSED")}  {what}");
        return met;
    }

    public static string Number(double value, int decimals = 0) =>
        value.ToString($"N{decimals}", CultureInfo.InvariantCulture);

    public static string Megabytes(double bytes) => Number(bytes / 1e6, 1);

    /// <summary>Bytes held on the managed heap once all garbage is gone, and its memory given back to the system.</summary>
    public static long HeldMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>The value that the given share of the values does not exceed; sorts them.</summary>
    public static double Percentile(double[] values, double share)
    {
        Array.Sort(values);
        return values.Length == 0 ? double.NaN : values[(int)((values.Length - 1) * share)];
    }

    public static double Median(IEnumerable<double> values) => Percentile([.. values], 0.5);
}
