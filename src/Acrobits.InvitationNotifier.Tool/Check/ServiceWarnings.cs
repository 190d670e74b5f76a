namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Finds what is valid in the configuration of a web service and yet looks like a mistake.</summary>
internal static class ServiceWarnings
{
    private static readonly string[] Placeholders = ["%invitee%", "%invitor%", "%network_id%"];

    public static IReadOnlyList<string> Find(Service service) => [.. service.Endpoint?.Warnings ?? [], .. Lint(service)];

    private static IEnumerable<string> Lint(Service service)
    {
        if (service.NetworkId is { } networkId && string.IsNullOrWhiteSpace(networkId))
        {
            yield return "The network id is blank, so no invitation can belong to this network.";
        }

        if (service.SimilarId is { } similar)
        {
            yield return $"The network id differs only in case from {similar}, so nothing is sent. Use the same id in both places.";
        }

        if (service.Address is not { } address)
        {
            yield break;
        }

        var settings = service.Settings;

        if (address.Scheme == Uri.UriSchemeHttp)
        {
            yield return $"Plain http in {settings.UrlKey}: others can read phone numbers and credentials on the way. " +
                "Use https if the provider offers it.";
        }

        if (!settings.HasPostData && !string.IsNullOrWhiteSpace(settings.ContentType))
        {
            yield return $"{settings.ContentTypeKey} has no effect without {settings.PostDataKey}: a GET request is sent. " +
                "Add the post data, or remove the content type.";
        }

        // A URL's fragment is not sent.
        var templates = settings.Url!.Split('#')[0] + (settings.HasPostData ? settings.PostData : "");
        foreach (var unused in Placeholders.Where(name => !templates.Contains(name, StringComparison.Ordinal)))
        {
            yield return $"{unused} is in neither {settings.UrlKey} nor {settings.PostDataKey}, so the provider does not get this value.";
        }
    }
}
