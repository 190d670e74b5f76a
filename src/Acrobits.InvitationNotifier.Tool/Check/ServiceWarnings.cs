using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Finds what is valid in the configuration of a web service and yet looks like a mistake.</summary>
internal static class ServiceWarnings
{
    private static readonly string[] Placeholders = ["%invitee%", "%invitor%", "%network_id%"];

    public static async Task<IReadOnlyList<string>> FindAsync(Service service, CancellationToken cancellationToken) =>
    [
        .. await FindLookAlikesAsync(service, cancellationToken),
        .. Lint(service),
    ];

    // The library logs look-alikes when it first uses an endpoint.
    private static async Task<IReadOnlyList<string>> FindLookAlikesAsync(Service service, CancellationToken cancellationToken)
    {
        using LookAlikeLog log = new();
        ServiceCollection services = new();
        services.AddLogging(logging => logging.AddProvider(log));
        services.AddInvitationNotifier(service.CopyTo);
        await using var container = services.BuildServiceProvider();
        await container.GetRequiredService<IInvitationEndpointProvider>().GetEndpointAsync("", cancellationToken);
        return log.Warnings;
    }

    private static IEnumerable<string> Lint(Service service)
    {
        if (service.NetworkId is { } networkId && string.IsNullOrWhiteSpace(networkId))
        {
            yield return "The network id is blank, so no invitation can belong to this network.";
        }

        if (service.Address is not { } address)
        {
            yield break;
        }

        if (address.Scheme == Uri.UriSchemeHttp)
        {
            yield return "Plain http: others can read phone numbers and credentials on the way. Use https if the provider offers it.";
        }

        if (!service.HasBody && !string.IsNullOrWhiteSpace(service.Options.InvitationCreatedContentType))
        {
            yield return "InvitationCreatedContentType has no effect without InvitationCreatedPostData: a GET request is sent. " +
                "Add the post data, or remove the content type.";
        }

        // A URL's fragment is not sent.
        var templates = service.Options.InvitationCreatedUrl!.Split('#')[0]
            + (service.HasBody ? service.Options.InvitationCreatedPostData : "");
        foreach (var unused in Placeholders.Where(name => !templates.Contains(name, StringComparison.Ordinal)))
        {
            yield return $"{unused} is in neither the URL nor the post data, so the provider does not get this value.";
        }
    }
}
