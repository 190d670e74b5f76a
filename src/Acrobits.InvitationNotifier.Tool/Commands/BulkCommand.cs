using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Bulk;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Records;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Sends a file of invitations.</summary>
internal sealed class BulkCommand : Command, IHasNotes
{
    private const long MaxLines = 1_000_000_000_000;

    // With the default settings, a circuit can open twice in this time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly IAnsiConsole _output;
    private readonly IAnsiConsole _messages;
    private readonly EndpointArguments _endpoint = new();
    private readonly RecordFile _file = new();
    private readonly EventOption _event = new("The event of records that name none, and of the web service of --url. [default: created]");

    private readonly Option<int> _concurrency = new("--concurrency")
    {
        HelpName = "N",
        Description = "The number of notifications under way at a time.",
        DefaultValueFactory = _ => 16,
    };

    private readonly Option<FileInfo?> _failed = new("--failed")
    {
        HelpName = "FILE",
        Description = "A new file for invitations that were not delivered. [default: NAME.failed.EXT beside the input]",
    };

    /// <param name="output">The console for the summary.</param>
    /// <param name="messages">The console for progress and malformed lines.</param>
    public BulkCommand(IAnsiConsole output, IAnsiConsole messages)
        : base("bulk", "Sends a file of invitations.")
    {
        _output = output;
        _messages = messages;
        _concurrency.AcceptRange(1, 1000);
        _file.Skip.AcceptRange(0, MaxLines);
        Arguments.Add(_file.File);
        _endpoint.AddTo(this);
        foreach (var option in new Option[] { _file.Format, _event, _concurrency, _failed, _file.Skip })
        {
            Options.Add(option);
        }

        SetAction((parsed, _) => RunAsync(parsed));
    }

    public string Notes =>
        """
        Formats, in UTF-8, or in UTF-16 with a byte order mark:
          CSV         a header row names invitee, invitor and network_id, in any order; quoting as in RFC 4180; spaces and tabs
                      around a value without quotes are ignored
          JSON Lines  {"invitee": "15551231234", "invitor": "johnsnow", "network_id": "mynetwork"}
        A further column or property, event, is created or accepted. Where it is absent or empty, --event decides.

        Invitations that are not delivered are written to the --failed file, in the format of the input. To try again, run bulk
        with this file. Malformed lines are reported with their number and are not written to it. While a web service is suspended
        after too many failures, its invitations wait for up to a minute.

        The first Ctrl+C stops after the notifications under way. The second cancels them and writes them to the --failed file;
        some of them may have been delivered. The summary says how to continue.

        Examples:
          invitation-notifier bulk invitations.csv --config appsettings.json
          invitation-notifier bulk invitations.failed.csv --config appsettings.json --concurrency 4
          invitation-notifier bulk invitations.jsonl --url "https://example.com/?invitee=%invitee%&invitor=%invitor%" --skip 1200

        Exit codes:
          0    every invitation was delivered
          1    wrong usage or settings, or an unreadable file
          8    an invitation was not delivered, or a line is malformed
          130  stopped by Ctrl+C

        """;

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var input = parsed.GetRequiredValue(_file.File);
        var chosen = parsed.GetValue(_failed)?.FullName;
        if (chosen is not null && Path.Exists(chosen))
        {
            throw new CommandException($"{chosen} already exists. --failed must name a new file.");
        }

        if (chosen is not null && !Directory.Exists(Path.GetDirectoryName(chosen)))
        {
            throw new CommandException($"The directory of {chosen} does not exist.");
        }

        ServiceCollection services = new();
        var defaultEvent = _event.Read(parsed) ?? InvitationEvent.Created;
        _endpoint.AddNotifier(services, parsed, defaultEvent);
        await using var container = EndpointArguments.Build(services);
        await using var stream = _file.Open(parsed);
        var reader = _file.CreateReader(stream, parsed, defaultEvent);
        using FailedFile failed = new(input.FullName, chosen);
        using Interrupt interrupt = new(
            () => _messages.WriteLine("Stopping after the notifications under way. To cancel them, press Ctrl+C again."));

        BulkRun run = new(
            new PatientNotifier(container.GetRequiredService<IInvitationNotifier>(), Patience, interrupt.Stop),
            reader,
            failed,
            parsed.GetValue(_concurrency),
            report: line => _messages.WriteLine(line),
            interrupt.Stop,
            interrupt.Abort);
        BulkProgress progress = new(_messages, run, stream.CanSeek ? stream.Length : null);

        var work = Task.Run(() => run.RunAsync(parsed.GetValue(_file.Skip)));
        try
        {
            await progress.ShowAsync(work);
        }
        finally
        {
            await work;
        }

        return BulkSummary.Print(_output, input.Name, run, failed.Path, progress.Status());
    }
}
