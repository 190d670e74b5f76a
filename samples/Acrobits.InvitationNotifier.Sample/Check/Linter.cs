namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>Finds what is valid and yet looks like a mistake.</summary>
internal static class Linter
{
    private static readonly string[] Placeholders = ["%invitee%", "%invitor%", "%network_id%"];

    public static IEnumerable<string> FindWarnings(Service service)
    {
        if (service.NetworkId is { } networkId && string.IsNullOrWhiteSpace(networkId))
        {
            yield return "The network's id is blank, so no invitation can belong to it.";
        }

        if (service.Address is not { } address)
        {
            yield break;
        }

        if (address.Scheme == Uri.UriSchemeHttp)
        {
            yield return "Plain http: phone numbers and credentials can be read on the way. Use https if the provider offers it.";
        }

        if (!service.HasBody && !string.IsNullOrWhiteSpace(service.Options.InvitationCreatedContentType))
        {
            yield return "InvitationCreatedContentType is given with no InvitationCreatedPostData: it is a GET, and no " +
                "content type is sent. Fill in the post data, or remove the content type.";
        }

        // The URL's fragment is never sent.
        var templates = service.Options.InvitationCreatedUrl!.Split('#')[0]
            + (service.HasBody ? service.Options.InvitationCreatedPostData : "");
        foreach (var unused in Placeholders.Where(name => !templates.Contains(name, StringComparison.Ordinal)))
        {
            yield return $"{unused} is used in neither the URL nor the post data: the provider is not told.";
        }
    }
}
