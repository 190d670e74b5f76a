using System.Diagnostics;
using System.Globalization;
using Acrobits.InvitationNotifier.Sample.Cli;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>Shows how far a run is: a bar on a terminal, a line now and then elsewhere.</summary>
internal sealed class BulkProgress(IAnsiConsole console, BulkRun run, long? length)
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    // Leaves room for the numbers on a terminal of the usual 80 columns.
    private const int BarWidth = 15;

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Returns when the work has ended, however it did; its exception stays with it.</summary>
    public Task ShowAsync(Task work) => console.IsLive() ? ShowBarAsync(work) : ShowLinesAsync(work);

    public string Status()
    {
        var tally = run.Tally;
        var settled = tally.Delivered + tally.NotDelivered;
        var rate = settled / Math.Max(_clock.Elapsed.TotalSeconds, 0.001);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Delivered} delivered, {tally.NotDelivered} not delivered, {tally.Malformed} malformed, {rate:0}/s");
    }

    private Task ShowBarAsync(Task work) => console.Progress()
        .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(async context =>
        {
            var bar = context.AddTask(Status(), maxValue: length ?? 1);
            bar.IsIndeterminate = length is null;
            do
            {
                await Task.WhenAny(work, Task.Delay(LiveInterval));
                bar.Description = Status();
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
