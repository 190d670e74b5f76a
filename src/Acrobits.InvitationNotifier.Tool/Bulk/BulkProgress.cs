using System.Diagnostics;
using System.Globalization;
using Acrobits.InvitationNotifier.Tool.Cli;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Bulk;

/// <summary>Shows the progress of a run: a bar on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class BulkProgress(IAnsiConsole console, BulkRun run, long? length)
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Returns when the work has ended. An exception of the work is not thrown here.</summary>
    public Task ShowAsync(Task work) => console.IsLive() ? ShowBarAsync(work) : ShowLinesAsync(work);

    public string Status()
    {
        var tally = run.Tally;
        var rate = (tally.Delivered + tally.NotDelivered) / Math.Max(_clock.Elapsed.TotalSeconds, 0.001);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Delivered} delivered, {tally.NotDelivered} not delivered, {tally.Malformed} malformed, {rate:0}/s");
    }

    // The bar takes the width that the other columns leave. The counts have a line of their own.
    private Task ShowBarAsync(Task work) => console.Progress()
        .Columns(new ProgressBarColumn { Width = null }, new PercentageColumn(), new RemainingTimeColumn())
        .UseRenderHook((bar, _) => new Rows(bar, new Markup(Status())))
        .StartAsync(async context =>
        {
            var bar = context.AddTask("bulk", maxValue: length ?? 1);
            bar.IsIndeterminate = length is null;
            do
            {
                await Task.WhenAny(work, Task.Delay(LiveInterval));
                bar.Value = run.IsComplete ? bar.MaxValue : length is null ? 0 : run.Position;
            }
            while (!work.IsCompleted);
        });

    private async Task ShowLinesAsync(Task work)
    {
        do
        {
            await Task.WhenAny(work, Task.Delay(PlainInterval));
            if (!work.IsCompleted)
            {
                console.WriteLine($"line {run.LastLine}: {Status()}");
            }
        }
        while (!work.IsCompleted);
    }
}
