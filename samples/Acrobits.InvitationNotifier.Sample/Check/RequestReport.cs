using Acrobits.InvitationNotifier.Sample.Cli;
using Acrobits.InvitationNotifier.Sample.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>Shows what a service's provider would get. The real notifier makes the requests; nothing is sent.</summary>
internal sealed class RequestReport(InvitationNotifierOptions options, bool showSecrets)
{
    public async Task<IReadOnlyList<string>> DescribeAsync(Service service, CancellationToken cancellationToken)
    {
        await using OfflineNotifier notifier = new(services => services.AddInvitationNotifier(copy => Apply(service, copy)));
        List<string> lines =
        [
            .. await DescribeAsync(notifier, "friendly", SampleInvitation.Friendly(service.NetworkId), cancellationToken),
            .. await DescribeAsync(notifier, "hostile", SampleInvitation.Hostile(service.NetworkId), cancellationToken),
        ];
        foreach (var invitation in SampleInvitation.Uncarriable(service.NetworkId))
        {
            var (result, _) = await notifier.CaptureAsync(invitation, cancellationToken);
            if (!result.IsSuccess)
            {
                lines.Add($"not sent: {Describe(invitation)}");
                lines.Add($"  {result.Outcome}: {result.Exception?.Message}");
            }
        }

        return lines;
    }

    private static async Task<IEnumerable<string>> DescribeAsync(
        OfflineNotifier notifier, string kind, Invitation invitation, CancellationToken cancellationToken)
    {
        var (result, request) = await notifier.CaptureAsync(invitation, cancellationToken);
        string[] shown = result.IsSuccess
            ? Printable.Wire(request).TrimEnd('\n').Split('\n')
            : [$"not sent: {result.Outcome}: {result.Exception?.Message}"];
        return [$"{kind}: {Describe(invitation)}", .. shown.Select(line => $"  {line}")];
    }

    private static string Describe(Invitation invitation) => Printable.Line(
        $"invitee {invitation.Invitee}, invitor {invitation.Invitor}, network {invitation.NetworkId}");

    // Timeouts and the rest stay at their defaults: a request is made here, not delivered.
    private void Apply(Service service, InvitationNotifierOptions copy)
    {
        var shown = showSecrets ? service.Options : Secrets.Hide(service.Options);
        copy.InvitationCreatedUrl = shown.InvitationCreatedUrl;
        copy.InvitationCreatedPostData = shown.InvitationCreatedPostData;
        copy.InvitationCreatedContentType = shown.InvitationCreatedContentType;
        copy.Headers = shown.Headers;
        copy.UserAgent = options.UserAgent;
        copy.ReuseConnections = options.ReuseConnections;
    }
}
