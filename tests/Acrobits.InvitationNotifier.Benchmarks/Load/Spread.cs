namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What several rounds have measured.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new Spread(Report.Median(sorted), sorted[0], sorted[^1]);
    }

    public string Text(int decimals) =>
        $"{Report.Number(Median, decimals)} ({Report.Number(Min, decimals)}..{Report.Number(Max, decimals)})";
}
