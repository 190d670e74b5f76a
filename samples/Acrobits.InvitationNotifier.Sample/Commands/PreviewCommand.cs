using System.CommandLine;
using Acrobits.InvitationNotifier.Sample.Cli;
using Acrobits.InvitationNotifier.Sample.Wire;

namespace Acrobits.InvitationNotifier.Sample.Commands;

/// <summary>
/// The exact request that <c>send</c> would send. The real notifier makes it, on a connection that leads nowhere.
/// </summary>
internal sealed class PreviewCommand : Command, IHasNotes
{
    private readonly EndpointArguments _endpoint = new();
    private readonly InvitationArguments _invitation = InvitationArguments.WithDefaults();

    public PreviewCommand()
        : base("preview", "Prints the exact request that would be sent. Nothing is sent, no name is resolved.")
    {
        _endpoint.AddTo(this);
        _invitation.AddTo(this);
        SetAction(RunAsync);
    }

    public string Notes =>
        $"""
        Examples:
          preview --url "https://example.com/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%"
          preview --config appsettings.json --invitee +15551231234 --invitor johnsnow --network-id mynetwork

        In a pipe or a file the request stands byte for byte; a terminal gets control characters spelt out.

        {ExitCode.OutcomeNotes}

        """;

    /// <summary>What became of it, and every byte that was written to the connection.</summary>
    internal async Task<(NotificationResult Result, byte[] Request)> CaptureAsync(
        ParseResult parsed, CancellationToken cancellationToken)
    {
        await using OfflineNotifier notifier = new(services => _endpoint.AddNotifier(services, parsed));
        return await notifier.CaptureAsync(_invitation.Read(parsed), cancellationToken);
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
            Console.WriteLine(Printable.Wire(request));
        }

        return ExitCode.Of(result.Outcome);
    }
}
