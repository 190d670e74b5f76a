using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Worker.Cli;
using Acrobits.InvitationNotifier.Worker.Messages;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Worker.Commands;

/// <summary>Puts the dead back into the queue.</summary>
internal sealed class RequeueCommand : Command, IHasNotes
{
    private readonly ConfigOption _config;
    private readonly Option<string?> _network = new("--network") { HelpName = "ID", Description = "Puts back those of this network alone." };

    public RequeueCommand(ConfigOption config)
        : base("requeue", "Puts dead invitations back into the queue, once their provider was repaired.")
    {
        _config = config;
        Options.Add(_network);
        SetAction(RunAsync);
    }

    public string Notes =>
        """
        They go back to the queue in which they died, at its end, and their schedule begins anew; message, body and
        idempotency key stay what they were. It may run while workers run, twice at a time, and be stopped at any moment:
        no invitation is lost, and none is put back twice. Messages of other kinds stay where they are. One that could not be
        read is put back too; a worker that has seen it fail remembers that for ten minutes.

        Examples:
          requeue
          requeue --network mynetwork

        Exit codes:
          0    what was dead is back; also where nothing was
          1    wrong usage or settings, no database, no table in it yet

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var worker = _config.ReadWorker(parsed);
        var network = parsed.GetValue(_network);
        await using MessageTable table = new(worker);
        SortedDictionary<string, int> moved = new(StringComparer.Ordinal);
        var others = 0;
        try
        {
            await foreach (var page in table.ReadDeadAsync(cancellationToken))
            {
                others += page.Count(message => !message.Headers.AreOfInvitation);
                List<DeadMessage> chosen = [.. page.Where(message =>
                    message.Headers.AreOfInvitation && (network is null || message.NetworkId == network))];
                if (chosen is not [])
                {
                    var ids = await table.MoveAsync(chosen, cancellationToken);
                    foreach (var key in chosen.Where(message => ids.Contains(message.Id)).Select(message => message.NetworkId ?? "(unreadable)"))
                    {
                        moved[key] = moved.GetValueOrDefault(key) + 1;
                    }
                }
            }
        }
        finally
        {
            // Also of a run that failed: what was moved stays so.
            Print(moved, others);
        }

        return ExitCode.Success;
    }

    private static void Print(SortedDictionary<string, int> moved, int others)
    {
        foreach (var (network, count) in moved)
        {
            Terminal.Out.WriteLine($"{EscapedText.Line(network)}: {count}");
        }

        Terminal.Out.WriteLine($"{moved.Values.Sum()} invitation(s) are back in the queue.");
        if (others > 0)
        {
            Terminal.Error.PrintWarning($"{others} dead message(s) are no invitations; they stay where they are.");
        }
    }
}
