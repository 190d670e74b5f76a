using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Records;
using Acrobits.InvitationNotifier.Worker.Cli;
using Acrobits.InvitationNotifier.Worker.Hosting;
using Acrobits.InvitationNotifier.Worker.Messages;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Worker.Commands;

/// <summary>A file of invitations for the queue.</summary>
internal sealed class EnqueueCommand : Command, IHasNotes
{
    private readonly ConfigOption _config;
    private readonly RecordFile _file = new();

    private readonly Option<int> _batch = new("--batch")
    {
        HelpName = "N",
        Description = "How many lines one transaction has.",
        DefaultValueFactory = _ => 500,
    };

    public EnqueueCommand(ConfigOption config)
        : base("enqueue", "Puts the invitations of a file into the queue.")
    {
        _config = config;
        _file.Skip.AcceptRange(0, long.MaxValue);
        _batch.AcceptRange(1, 100_000);
        Arguments.Add(_file.File);
        foreach (var option in new Option[] { _file.Format, _file.Skip, _batch })
        {
            Options.Add(option);
        }

        SetAction((parsed, _) => RunAsync(parsed));
    }

    public string Notes =>
        """
        CSV has a header row that names invitee, invitor and network_id; JSON Lines has an object with them on each line.
        Lines that are not valid are reported by their number and left out. Ctrl+C, or a failure, stops after a whole
        transaction and says how to go on; Ctrl+C once more does not wait for it.

        Examples:
          enqueue invitations.csv
          enqueue invitations.jsonl --skip 1200

        Exit codes:
          0    all lines are in the queue
          1    wrong usage or settings, unreadable file, no database
          8    some lines are not valid; the others are in the queue
          130  stopped by Ctrl+C

        """;

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var worker = _config.ReadWorker(parsed);
        await using var stream = _file.Open(parsed);
        var reader = _file.CreateReader(stream, parsed);

        ServiceCollection services = new();
        services.AddClientBus(worker);
        await using var container = services.BuildServiceProvider();
        using Interrupt interrupt = new(
            () => Terminal.Error.WriteLine("Stopping after this transaction. Ctrl+C once more does not wait for it."));

        Enqueuing run = new(
            container.GetRequiredService<IInvitationQueue>(),
            parsed.GetValue(_batch),
            report: line => Terminal.Error.WriteLine(line));
        bool isComplete;
        try
        {
            isComplete = await run.RunAsync(
                reader.ReadAsync(parsed.GetValue(_file.Skip), CancellationToken.None), interrupt.Stop, interrupt.Abort);
        }
        catch (OperationCanceledException) when (interrupt.Abort.IsCancellationRequested)
        {
            isComplete = false;
        }
        catch (Exception exception) when (exception is not CommandException)
        {
            PrintAccepted(run);
            PrintHowToGoOn(run);
            throw;
        }

        PrintAccepted(run);
        if (!isComplete)
        {
            PrintHowToGoOn(run);
            return ExitCode.Interrupted;
        }

        return run.Malformed > 0 ? ExitCode.Incomplete : ExitCode.Success;
    }

    private static void PrintAccepted(Enqueuing run)
    {
        Terminal.Out.WriteLine($"{run.Accepted} invitation(s) are in the queue.");
        if (run.Malformed > 0)
        {
            Terminal.Out.WriteLine($"{run.Malformed} line(s) are not valid and were left out.");
        }
    }

    private static void PrintHowToGoOn(Enqueuing run)
    {
        if (run.Doubtful is { } lines)
        {
            Terminal.Out.WriteLine(
                $"Whether lines {lines.First} to {lines.Last} are there is not known: the connection was lost meanwhile.");
        }

        Terminal.Out.WriteLine($"Go on with --skip {run.LastLine}.");
    }
}
