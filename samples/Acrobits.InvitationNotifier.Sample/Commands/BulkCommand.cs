using System.CommandLine;
using Acrobits.InvitationNotifier.Sample.Bulk;
using Acrobits.InvitationNotifier.Sample.Cli;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Commands;

/// <summary>A file of invitations.</summary>
internal sealed class BulkCommand : Command, IHasNotes
{
    private const long MaxLines = 1_000_000_000_000;

    // Two breaks of a circuit with the default settings.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly EndpointArguments _endpoint = new();
    private readonly RecordFile _file = new();

    private readonly Option<int> _concurrency = new("--concurrency")
    {
        HelpName = "N",
        Description = "How many notifications may be under way at a time.",
        DefaultValueFactory = _ => 16,
    };

    private readonly Option<FileInfo?> _failed = new("--failed")
    {
        HelpName = "FILE",
        Description = "A new file for those that were not delivered. [default: NAME.failed.EXT beside the input]",
    };

    public BulkCommand()
        : base("bulk", "Sends a file of invitations.")
    {
        _concurrency.AcceptRange(1, 1000);
        _file.Skip.AcceptRange(0, MaxLines);
        Arguments.Add(_file.File);
        _endpoint.AddTo(this);
        foreach (var option in new Option[] { _file.Format, _concurrency, _failed, _file.Skip })
        {
            Options.Add(option);
        }

        SetAction((parsed, _) => RunAsync(parsed));
    }

    public string Notes =>
        """
        Formats:
          CSV         a header row with invitee, invitor, network_id in any order; quoting as in RFC 4180
          JSON Lines  {"invitee": "15551231234", "invitor": "johnsnow", "network_id": "mynetwork"}

        Whatever is not delivered is written to the --failed file, in the format of the input: feed it back to try again.
        Malformed lines are reported with their number and are in no file. Ctrl+C starts no new notification and waits
        for those under way; once more cancels them, and they go to the --failed file (some may have been delivered).
        Either way the run says how to go on. A destination that fails too often is left alone for a while (suspended); its
        invitations wait for up to a minute.

        Examples:
          bulk invitations.csv --config appsettings.json
          bulk invitations.failed.csv --config appsettings.json --concurrency 4
          bulk invitations.jsonl --url "https://example.com/invitation/?invitee=%invitee%&net=%network_id%" --skip 1200

        Exit codes:
          0    everything was delivered
          1    wrong usage or settings, unreadable file
          8    something was not delivered, or malformed
          130  stopped by Ctrl+C

        """;

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var input = parsed.GetRequiredValue(_file.File);
        var chosen = parsed.GetValue(_failed)?.FullName;
        if (chosen is not null && Path.Exists(chosen))
        {
            throw new CommandException($"{chosen} exists already, and --failed overwrites nothing.");
        }

        if (chosen is not null && !Directory.Exists(Path.GetDirectoryName(chosen)))
        {
            throw new CommandException($"There is no directory for {chosen}.");
        }

        ServiceCollection services = new();
        _endpoint.AddNotifier(services, parsed);
        await using var container = EndpointArguments.Build(services);
        await using var stream = _file.Open(parsed);
        var reader = _file.CreateReader(stream, parsed);
        using FailedFile failed = new(input.FullName, chosen);
        using Interrupt interrupt = new(
            () => Terminal.Error.WriteLine("Stopping: waiting for what is under way. Ctrl+C once more cancels it."));

        BulkRun run = new(
            new PatientNotifier(container.GetRequiredService<IInvitationNotifier>(), Patience, interrupt.Stop),
            reader,
            failed,
            parsed.GetValue(_concurrency),
            report: line => Terminal.Error.WriteLine(line),
            interrupt.Stop,
            interrupt.Abort);
        BulkProgress progress = new(Terminal.Error, run, stream.CanSeek ? stream.Length : null);

        var work = Task.Run(() => run.RunAsync(parsed.GetValue(_file.Skip)));
        try
        {
            await progress.ShowAsync(work);
        }
        finally
        {
            await work;
        }

        return BulkSummary.Print(Terminal.Out, input.Name, run, failed.Path, progress.Status());
    }
}
