using System.Globalization;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Commands;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Bulk;

/// <summary>Prints the result of a run, and how to continue it.</summary>
internal static class BulkSummary
{
    /// <returns>The exit code.</returns>
    public static int Print(IAnsiConsole console, string inputName, BulkRun run, string? failedPath, string status)
    {
        var input = EscapedText.Line(inputName);
        if (run is { IsComplete: true, LastLine: 0 })
        {
            console.WriteLine($"{input} has no records to send.");
            return ExitCode.Success;
        }

        console.WriteLine(status);
        PrintResults(console, run.Tally);
        if (failedPath is { } path)
        {
            console.WriteLine($"Not delivered: {EscapedText.Line(path)}. To try again, run bulk with this file.");
        }

        if (run.Failure is { } failure)
        {
            Terminal.PrintError(failure.Message);
        }

        if (run.Lost is { Count: > 0 } lost)
        {
            Terminal.PrintError($"Lines that were not delivered and could not be written to a file: {string.Join(", ", lost)}.");
        }

        if (!run.IsComplete)
        {
            console.WriteLine(run.LastLine == 0
                ? $"Stopped before the first line of {input}."
                : $"Stopped after line {run.LastLine} of {input}. To continue, use --skip {run.LastLine}.");
            return run.Failure is null ? ExitCode.Interrupted : ExitCode.Error;
        }

        return run.Failure is not null ? ExitCode.Error
            : run.Tally.NotDelivered + run.Tally.Malformed > 0 ? ExitCode.Incomplete
            : ExitCode.Success;
    }

    private static void PrintResults(IAnsiConsole console, BulkTally tally)
    {
        var table = new Table().AddColumns("Outcome", "Status", "Count", "Reason");
        table.Columns[2].RightAligned();
        foreach (var (kind, count) in tally.Counts)
        {
            AddRow($"{kind.Outcome}", kind.Status is { } status ? $"{(int)status}" : "-", count, kind.Reason);
        }

        if (tally.Cancelled > 0)
        {
            AddRow("Cancelled", "-", tally.Cancelled, null);
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }

        void AddRow(string outcome, string status, long count, string? reason)
        {
            string[] cells = [outcome, status, count.ToString(CultureInfo.InvariantCulture), reason ?? "-"];
            table.AddRow([.. cells.Select(cell => Markup.Escape(EscapedText.Line(cell)))]);
        }
    }
}
