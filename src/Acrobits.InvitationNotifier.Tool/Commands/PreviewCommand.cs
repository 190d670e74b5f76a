using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Wire;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Shows the exact request that <c>send</c> would send. The notifier makes it, on a connection to nowhere.</summary>
internal sealed class PreviewCommand : Command, IHasNotes
{
    private readonly IAnsiConsole _messages;
    private readonly EndpointArguments _endpoint = new();
    private readonly InvitationArguments _invitation = InvitationArguments.WithDefaults();

    /// <param name="messages">The console for warnings.</param>
    public PreviewCommand(IAnsiConsole messages)
        : base("preview", "Prints the exact request that \"send\" would send. Sends nothing and looks up no names.")
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

        Examples:
          invitation-notifier preview \
            --url "https://example.com/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%"
          invitation-notifier preview --config appsettings.json --invitee +15551231234 --network-id mynetwork

        Exit codes:
          0  the request is printed
          1  wrong usage or settings
          6  not configured: the network has no web service
          7  unrepresentable: a value cannot be in the place where the template has it

        """;

    /// <summary>Returns the result, and the bytes that were written to the connection.</summary>
    internal async Task<(NotificationResult Result, byte[] Request)> CaptureAsync(
        ParseResult parsed, CancellationToken cancellationToken)
    {
        var invitation = _invitation.Read(parsed);
        await using OfflineNotifier notifier = new(services => _endpoint.AddNotifier(services, parsed));
        await EndpointArguments.PrintWarningsAsync(_messages, notifier.Services, invitation.NetworkId, cancellationToken);
        return await notifier.CaptureAsync(invitation, cancellationToken);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (result, request) = await CaptureAsync(parsed, cancellationToken);
        if (!result.IsSuccess)
        {
            Terminal.PrintError(Outcomes.Explain(result));
        }
        else if (Console.IsOutputRedirected)
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(request, cancellationToken);
        }
        else
        {
            Console.WriteLine(EscapedText.Wire(request));
        }

        return ExitCode.Of(result.Outcome);
    }
}
