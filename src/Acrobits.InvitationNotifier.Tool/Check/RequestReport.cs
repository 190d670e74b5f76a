using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Shows the requests to a web service. The notifier makes them; nothing is sent.</summary>
internal sealed class RequestReport(InvitationNotifierOptions options, bool showSecrets)
{
    public async Task<IReadOnlyList<string>> DescribeAsync(Service service, CancellationToken cancellationToken)
    {
        var shown = showSecrets ? service.Options : Secrets.Hide(service.Options);
        await using OfflineNotifier notifier = new(services => services.AddInvitationNotifier(copy =>
        {
            Service.Copy(shown, copy);
            copy.UserAgent = options.UserAgent;
            copy.ReuseConnections = options.ReuseConnections;
        }));
        List<string> lines =
        [
            .. await DescribeAsync(notifier, "friendly", SampleInvitation.Friendly(service.NetworkId) with { Event = service.Event }, cancellationToken),
            .. await DescribeAsync(notifier, "hostile", SampleInvitation.Hostile(service.NetworkId) with { Event = service.Event }, cancellationToken),
        ];
        foreach (var invitation in SampleInvitation.Problematic(service.NetworkId))
        {
            var (result, _) = await notifier.CaptureAsync(invitation with { Event = service.Event }, cancellationToken);
            if (!result.IsSuccess)
            {
                lines.Add($"not sent: {Describe(invitation)}");
                lines.Add($"  {result.Outcome}: {result.Reason}");
            }
        }

        return lines;
    }

    private async Task<IEnumerable<string>> DescribeAsync(
        OfflineNotifier notifier, string kind, Invitation invitation, CancellationToken cancellationToken)
    {
        var (result, request) = await notifier.CaptureAsync(invitation, cancellationToken);
        string[] shown = result.IsSuccess
            ? EscapedText.Wire(request).TrimEnd('\n').Split('\n').Select(line => showSecrets ? line : Secrets.HideSignature(line)).ToArray()
            : [$"not sent: {result.Outcome}: {result.Reason}"];
        return [$"{kind}: {Describe(invitation)}", .. shown.Select(line => $"  {line}")];
    }

    private static string Describe(Invitation invitation) => EscapedText.Line(
        $"invitee {invitation.Invitee}, invitor {invitation.Invitor}, network {invitation.NetworkId}");
}
