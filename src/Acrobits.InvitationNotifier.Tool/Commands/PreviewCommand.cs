using System.CommandLine;
using System.Text;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Wire;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Shows the exact requests that <c>send</c> would send. The notifier makes it, on a connection to nowhere.</summary>
internal sealed class PreviewCommand : Command, IHasNotes
{
    private readonly IAnsiConsole _messages;
    private readonly EndpointArguments _endpoint = new();
    private readonly InvitationArguments _invitation = InvitationArguments.WithDefaults();

    /// <param name="messages">The console for warnings.</param>
    public PreviewCommand(IAnsiConsole messages)
        : base("preview", "Prints the exact requests that \"send\" would send. Sends nothing and looks up no names.")
    {
        _messages = messages;
        _endpoint.AddTo(this);
        _invitation.AddTo(this);
        SetAction(RunAsync);
    }

    public string Notes =>
        """
        In a pipe or a file, the output is the request byte for byte. On a terminal, control characters are escaped.
        Warnings go to standard error.

        With --config, the web services of both events are previewed if the network has both. Each request then follows a line
        such as "--- invitation accepted ---", and ends before the line feed that precedes the next one.

        Examples:
          invitation-notifier preview \
            --url "https://example.com/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%"
          invitation-notifier preview --config appsettings.json --invitee +15551231234 --network-id mynetwork
          invitation-notifier preview --config appsettings.json --event accepted

        Exit codes:
          0  each request is printed
          1  wrong usage or settings
          6  not configured: the network has no web service
          7  unrepresentable: a value cannot be in the place where the template has it

        """;

    /// <summary>Returns the result, and the bytes to print. With two events, it is the result of the first that failed.</summary>
    internal async Task<(NotificationResult Result, byte[] Output)> CaptureAsync(
        ParseResult parsed, CancellationToken cancellationToken)
    {
        var invitation = _invitation.Read(parsed);
        var chosen = _invitation.ReadEvent(parsed);
        await using OfflineNotifier notifier = new(services => _endpoint.AddNotifier(services, parsed, invitation.Event));
        var services = EndpointArguments.FindServices(notifier.Services, invitation.NetworkId, chosen);
        await EndpointArguments.PrintWarningsAsync(_messages, notifier.Services, services, cancellationToken);
        IReadOnlyList<InvitationEvent> events = chosen is { } only ? [only] : [.. services.Select(service => service.Event)];

        NotificationResult? first = null;
        NotificationResult? failed = null;
        List<byte> output = [];
        foreach (var invitationEvent in events)
        {
            var (result, request) = await notifier.CaptureAsync(invitation with { Event = invitationEvent }, cancellationToken);
            first ??= result;
            if (!result.IsSuccess)
            {
                failed ??= result;
                Terminal.PrintError((events.Count > 1 ? $"{invitationEvent.Name()}: " : "") + Outcomes.Explain(result));
                continue;
            }

            if (events.Count > 1)
            {
                output.AddRange(Encoding.ASCII.GetBytes($"{(output.Count > 0 ? "\n" : "")}--- {invitationEvent.Name()} ---\n"));
            }

            output.AddRange(request);
        }

        return (failed ?? first!, [.. output]);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (result, output) = await CaptureAsync(parsed, cancellationToken);
        if (Console.IsOutputRedirected)
        {
            await using var stream = Console.OpenStandardOutput();
            await stream.WriteAsync(output, cancellationToken);
        }
        else if (output is not [])
        {
            Console.WriteLine(EscapedText.Wire(output));
        }

        return ExitCode.Of(result.Outcome);
    }
}
