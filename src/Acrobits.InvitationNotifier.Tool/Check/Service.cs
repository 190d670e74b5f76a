namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>One web service of a valid configuration.</summary>
/// <param name="NetworkId">The network it belongs to. Null: all networks without an entry.</param>
/// <param name="Title">Its name in the report.</param>
/// <param name="Options">Its configuration.</param>
internal sealed record Service(string? NetworkId, string Title, InvitationWebServiceOptions Options)
{
    private const string Others = "all other networks";

    /// <summary>The compiled web service, or null if none is configured.</summary>
    public InvitationEndpoint? Endpoint { get; } = Compile(Options);

    /// <summary>Has the scheme and the host of the URL; the rest is made up. Null: there is no web service.</summary>
    public Uri? Address => FindAddress(Endpoint);

    /// <summary>The id of a configured network that differs from this one only in case.</summary>
    public string? SimilarId { get; private init; }

    public bool HasBody => !string.IsNullOrWhiteSpace(Options.InvitationCreatedPostData);

    /// <summary>The web services of some networks, or all if no network is given.</summary>
    public static IReadOnlyList<Service> Choose(InvitationNotifierOptions options, IReadOnlyCollection<string> networkIds) =>
        networkIds.Count == 0
            ? [new Service(null, Others, options), .. options.Networks.Keys.Select(id => Of(options, id))]
            : [.. networkIds.Distinct().Select(id => Of(options, id))];

    /// <summary>The web service of a network.</summary>
    public static Service Of(InvitationNotifierOptions options, string networkId)
    {
        if (options.Networks.TryGetValue(networkId, out var own))
        {
            var title = string.IsNullOrWhiteSpace(networkId) ? "(blank)" : networkId;
            return new Service(networkId, title, own ?? new InvitationEndpointOptions());
        }

        // The library does not use the default endpoint for such an id.
        var similar = options.Networks.Keys.FirstOrDefault(id => id.Equals(networkId, StringComparison.OrdinalIgnoreCase));
        return similar is null
            ? new Service(null, $"{networkId} (as {Others})", options)
            : new Service(networkId, networkId, new InvitationEndpointOptions()) { SimilarId = similar };
    }

    /// <summary>Copies the configuration of the web service.</summary>
    public static void Copy(InvitationWebServiceOptions source, InvitationWebServiceOptions target)
    {
        target.InvitationCreatedUrl = source.InvitationCreatedUrl;
        target.InvitationCreatedPostData = source.InvitationCreatedPostData;
        target.InvitationCreatedContentType = source.InvitationCreatedContentType;
        target.Headers = source.Headers;
        target.SendIdempotencyKey = source.SendIdempotencyKey;
        target.Tls = source.Tls;
    }

    private static InvitationEndpoint? Compile(InvitationWebServiceOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.InvitationCreatedUrl))
        {
            return null;
        }

        InvitationEndpointOptions copy = new();
        Copy(options, copy);
        return InvitationEndpoint.Create(copy);
    }

    // The library reads the URL, because a template is not a URL yet.
    private static Uri? FindAddress(InvitationEndpoint? endpoint)
    {
        using var request = endpoint?.CreateRequest(new Invitation("1", "1", "1"));
        return request?.RequestUri;
    }
}
