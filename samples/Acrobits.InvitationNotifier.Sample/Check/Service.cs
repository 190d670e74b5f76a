namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>One web service of a valid configuration.</summary>
/// <param name="NetworkId">The network that it belongs to; <see langword="null"/>: all that have no entry.</param>
/// <param name="Title">What it is called in the report.</param>
/// <param name="Options">Its configuration.</param>
internal sealed record Service(string? NetworkId, string Title, InvitationEndpointOptions Options)
{
    private const string Others = "all other networks";

    /// <summary>The host and the scheme; the rest is made up. <see langword="null"/>: there is no web service.</summary>
    public Uri? Address { get; } = FindAddress(Options.InvitationCreatedUrl);

    public bool HasBody => !string.IsNullOrWhiteSpace(Options.InvitationCreatedPostData);

    /// <summary>All services, or those of some networks.</summary>
    public static IReadOnlyList<Service> Choose(InvitationNotifierOptions options, IReadOnlyCollection<string> networkIds)
    {
        InvitationEndpointOptions others = new()
        {
            InvitationCreatedUrl = options.InvitationCreatedUrl,
            InvitationCreatedPostData = options.InvitationCreatedPostData,
            InvitationCreatedContentType = options.InvitationCreatedContentType,
            Headers = options.Headers,
        };
        return networkIds.Count == 0
            ? [new Service(null, Others, others), .. options.Networks.Keys.Select(Find)]
            : [.. networkIds.Distinct().Select(Find)];

        Service Find(string networkId) => options.Networks.TryGetValue(networkId, out var own)
            ? new Service(networkId, string.IsNullOrWhiteSpace(networkId) ? "(blank)" : networkId, own ?? new InvitationEndpointOptions())
            : new Service(null, $"{networkId} (as {Others})", others);
    }

    // The library's own reading of the URL: a template is no URL yet.
    private static Uri? FindAddress(string? url)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            return null;
        }

        var endpoint = InvitationEndpoint.Create(new InvitationEndpointOptions { InvitationCreatedUrl = url });
        using var request = endpoint.CreateRequest(new Invitation("1", "1", "1"));
        return request.RequestUri;
    }
}
