namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>One web service of a valid configuration.</summary>
/// <param name="NetworkId">The network it belongs to. Null: all networks without an entry.</param>
/// <param name="Title">Its name in the report.</param>
/// <param name="Options">Its configuration.</param>
internal sealed record Service(string? NetworkId, string Title, InvitationWebServiceOptions Options)
{
    private const string Others = "all other networks";

    /// <summary>Has the scheme and the host of the URL; the rest is made up. Null: there is no web service.</summary>
    public Uri? Address { get; } = FindAddress(Options.InvitationCreatedUrl);

    public bool HasBody => !string.IsNullOrWhiteSpace(Options.InvitationCreatedPostData);

    /// <summary>The web services of some networks, or all if no network is given.</summary>
    public static IReadOnlyList<Service> Choose(InvitationNotifierOptions options, IReadOnlyCollection<string> networkIds) =>
        networkIds.Count == 0
            ? [new Service(null, Others, options), .. options.Networks.Keys.Select(id => Of(options, id))]
            : [.. networkIds.Distinct().Select(id => Of(options, id))];

    /// <summary>The web service of a network.</summary>
    public static Service Of(InvitationNotifierOptions options, string networkId) =>
        options.Networks.TryGetValue(networkId, out var own)
            ? new Service(networkId, string.IsNullOrWhiteSpace(networkId) ? "(blank)" : networkId, own ?? new InvitationEndpointOptions())
            : new Service(null, $"{networkId} (as {Others})", options);

    /// <summary>Makes this the web service of all networks.</summary>
    public void CopyTo(InvitationNotifierOptions options)
    {
        options.InvitationCreatedUrl = Options.InvitationCreatedUrl;
        options.InvitationCreatedPostData = Options.InvitationCreatedPostData;
        options.InvitationCreatedContentType = Options.InvitationCreatedContentType;
        options.Headers = Options.Headers;
        options.SendIdempotencyKey = Options.SendIdempotencyKey;
    }

    // The library reads the URL, because a template is not a URL yet.
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
