using System.Globalization;
using System.Text;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>
/// Draws the results of a busy server as bars, as SVG. It brings its own light ground, and so can be read on a dark page too.
/// </summary>
internal static class LoadChart
{
    private const int Width = 760;
    private const int LabelWidth = 270;
    private const int BarWidth = 400;
    private const int BarHeight = 12;
    private const int RowHeight = 34;

    // One that costs many times as much would leave nothing to see of the others.
    private const double LongestRatio = 6;

    public static string Draw(LoadResults results)
    {
        var clients = LoadContender.All.Select(contender => contender.Name).ToArray();
        var panelHeight = 44 + (clients.Length * RowHeight);
        var height = 74 + (2 * panelHeight);
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">
              <title>Cost of a notification in relation to the bare handler</title>
              <rect x="0.5" y="0.5" width="{Width - 1}" height="{height - 1}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
              <text x="20" y="30" font-size="16" font-weight="600">Cost of a notification, bare handler = 1</text>
              <text x="20" y="50" fill="#59636e">{LoadScenario.ManyAtATime} at a time, connections reused. Less is better.</text>
              <rect x="{Width - 150}" y="20" width="{BarHeight}" height="{BarHeight}" fill="#0969da"/><text x="{Width - 132}" y="31">GET</text>
              <rect x="{Width - 80}" y="20" width="{BarHeight}" height="{BarHeight}" fill="#8250df"/><text x="{Width - 62}" y="31">POST</text>
            """);
        DrawPanel(svg, 64, "Processor time", results, result => result.ProcessorToBare.Median);
        DrawPanel(svg, 64 + panelHeight, "Memory allocated", results, result => result.AllocatedToBare.Median);
        return svg.AppendLine("</svg>").Replace("\r\n", "\n").ToString();
    }

    private static void DrawPanel(StringBuilder svg, int top, string title, LoadResults results, Func<ClientResult, double> ratio)
    {
        var (get, post) = (results.Busy(isPost: false), results.Busy(isPost: true));
        var longest = Math.Min(get.Clients.Concat(post.Clients).Max(ratio), LongestRatio);
        svg.AppendLine(CultureInfo.InvariantCulture, $"""  <text x="20" y="{top + 24}" font-weight="600">{title}</text>""");
        var y = top + 40;
        foreach (var contender in LoadContender.All)
        {
            var weight = contender == LoadContender.Library ? " font-weight=\"600\"" : "";
            svg.AppendLine(CultureInfo.InvariantCulture, $"""  <text x="{LabelWidth - 10}" y="{y + 17}" text-anchor="end"{weight}>{contender.Name}</text>""");
            DrawBar(svg, y, ratio(get[contender]), longest, "#0969da");
            DrawBar(svg, y + BarHeight + 1, ratio(post[contender]), longest, "#8250df");
            y += RowHeight;
        }
    }

    private static void DrawBar(StringBuilder svg, int y, double ratio, double longest, string colour)
    {
        var isCut = ratio > longest;
        var width = isCut ? BarWidth : Math.Round(ratio / longest * BarWidth, 1);
        svg.AppendLine(CultureInfo.InvariantCulture, $"""  <rect x="{LabelWidth}" y="{y}" width="{width}" height="{BarHeight}" fill="{colour}"/><text x="{LabelWidth + width + 6}" y="{y + 10.5}" font-size="11">{ratio:F2}{(isCut ? " (cut)" : "")}</text>""");
    }
}
