using Acrobits.InvitationNotifier.Sample.Cli;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>Says at the end of a run what became of the file, and how to go on.</summary>
internal static class BulkSummary
{
    /// <returns>The exit code.</returns>
    public static int Print(IAnsiConsole console, string inputName, BulkRun run, string? failedPath, string status)
    {
        console.WriteLine(status);
        PrintOutcomes(console, run.Tally);
        if (failedPath is { } path)
        {
            console.WriteLine($"Not delivered: {Printable.Line(path)}. Feed it back to try again.");
        }

        if (run.Failure is { } failure)
        {
            Terminal.PrintError(failure.Message);
        }

        if (run.Lost is { Count: > 0 } lost)
        {
            Terminal.PrintError($"not delivered and in no file: lines {string.Join(", ", lost)}.");
        }

        if (!run.IsComplete)
        {
            console.WriteLine(run.LastLine == 0
                ? $"Stopped before the first line of {Printable.Line(inputName)}."
                : $"Stopped after line {run.LastLine} of {Printable.Line(inputName)}; nothing beyond it was sent. " +
                    $"Go on with --skip {run.LastLine}.");
            return run.Failure is null ? ExitCode.Interrupted : ExitCode.Error;
        }

        return run.Failure is not null ? ExitCode.Error
            : run.Tally.NotDelivered + run.Tally.Malformed > 0 ? ExitCode.Incomplete
            : ExitCode.Success;
    }

    private static void PrintOutcomes(IAnsiConsole console, BulkTally tally)
    {
        Table table = new();
        table.AddColumns("Outcome", "Status", "Count");
        table.Columns[2].RightAligned();
        foreach (var (outcome, status, count) in tally.Counts())
        {
            table.AddRow($"{outcome}", status is { } code ? $"{(int)code}" : "-", $"{count}");
        }

        if (tally.Cancelled > 0)
        {
            table.AddRow("Cancelled", "-", $"{tally.Cancelled}");
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }
    }
}
