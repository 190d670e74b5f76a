using Acrobits.InvitationNotifier.Tool.Cli;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>One web service of a valid configuration, or a network that has none.</summary>
/// <param name="NetworkId">The network it belongs to. Null: all networks without an entry.</param>
/// <param name="Title">Its name in the report.</param>
/// <param name="Event">The event it is called for.</param>
/// <param name="Options">Its configuration, without the web service of the other event.</param>
internal sealed record Service(string? NetworkId, string Title, InvitationEvent Event, InvitationEndpointOptions Options)
{
    private const string Others = "all other networks";

    /// <summary>The compiled web service, or null if none is configured.</summary>
    public InvitationEndpoint? Endpoint { get; } = EventSettings.Of(Options, Event).HasUrl ? InvitationEndpoint.Create(Options) : null;

    /// <summary>Has the scheme and the host of the URL; the rest is made up. Null: there is no web service.</summary>
    public Uri? Address => FindAddress();

    /// <summary>The id of a configured network that differs from this one only in case.</summary>
    public string? SimilarId { get; private init; }

    public EventSettings Settings => EventSettings.Of(Options, Event);

    /// <summary>The event of which the network has no web service, while it has this one.</summary>
    public InvitationEvent? Missing { get; private init; }

    /// <summary>The web services of some networks, or all if no network is given.</summary>
    public static IReadOnlyList<Service> Choose(InvitationNotifierOptions options, IReadOnlyCollection<string> networkIds) =>
        networkIds.Count == 0
            ? [.. OfEvents(null, Others, options), .. options.Networks.Keys.SelectMany(id => Of(options, id))]
            : [.. networkIds.Distinct().SelectMany(id => Of(options, id))];

    /// <summary>The web services of a network: one for each event that has one. If no event has, one without an endpoint.</summary>
    public static IReadOnlyList<Service> Of(InvitationNotifierOptions options, string networkId)
    {
        if (options.Networks.TryGetValue(networkId, out var own))
        {
            var title = string.IsNullOrWhiteSpace(networkId) ? "(blank)" : networkId;
            return OfEvents(networkId, title, own ?? new InvitationEndpointOptions());
        }

        // The library does not use the default endpoint for such an id.
        var similar = options.Networks.Keys.FirstOrDefault(id => id.Equals(networkId, StringComparison.OrdinalIgnoreCase));
        return similar is null
            ? OfEvents(null, $"{networkId} (as {Others})", options)
            : [new Service(networkId, networkId, InvitationEvent.Created, new InvitationEndpointOptions()) { SimilarId = similar }];
    }

    /// <summary>Copies the configuration of a network's web services.</summary>
    public static void Copy(InvitationWebServiceOptions source, InvitationWebServiceOptions target)
    {
        EventSettings.Of(source, InvitationEvent.Created).ApplyTo(target);
        EventSettings.Of(source, InvitationEvent.Accepted).ApplyTo(target);
        target.Headers = source.Headers;
        target.SendIdempotencyKey = source.SendIdempotencyKey;
        target.Signing = source.Signing;
        target.Tls = source.Tls;
    }

    private static IReadOnlyList<Service> OfEvents(string? networkId, string title, InvitationWebServiceOptions options)
    {
        var configured = Enum.GetValues<InvitationEvent>()
            .Where(invitationEvent => EventSettings.Of(options, invitationEvent).HasUrl)
            .ToList();
        return configured switch
        {
            [] => [Create(InvitationEvent.Created, title)],
            [InvitationEvent.Created] => [Create(InvitationEvent.Created, title) with { Missing = InvitationEvent.Accepted }],
            [var only] => [Create(only, TitleOf(only)) with { Missing = InvitationEvent.Created }],
            _ => [.. configured.Select(invitationEvent => Create(invitationEvent, TitleOf(invitationEvent)))],
        };

        string TitleOf(InvitationEvent invitationEvent) => $"{title}, {invitationEvent.Name()}";

        Service Create(InvitationEvent invitationEvent, string name)
        {
            InvitationEndpointOptions own = new();
            Copy(options, own);
            foreach (var other in Enum.GetValues<InvitationEvent>().Where(other => other != invitationEvent))
            {
                new EventSettings(other, null, null, null).ApplyTo(own);
            }

            return new Service(networkId, name, invitationEvent, own);
        }
    }

    // The library reads the URL, because a template is not a URL yet.
    private Uri? FindAddress()
    {
        using var request = Endpoint?.CreateRequest(new Invitation("1", "1", "1") { Event = Event });
        return request?.RequestUri;
    }
}
