using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>A valid configuration, compiled: immutable, so that whoever holds it sees one state.</summary>
internal sealed class CompiledConfiguration
{
    private readonly Dictionary<string, InvitationEndpoint?> _networks;
    private readonly InvitationEndpoint? _default;

    private CompiledConfiguration(InvitationNotifierOptions options, Problems problems)
    {
        // A section that was registered twice has been read twice.
        problems.AddRange(options.BindingProblems.Distinct());

        var service = new InvitationEndpointOptions
        {
            InvitationCreatedUrl = options.InvitationCreatedUrl,
            InvitationCreatedPostData = options.InvitationCreatedPostData,
            InvitationCreatedContentType = options.InvitationCreatedContentType,
            Headers = options.Headers,
            SendIdempotencyKey = options.SendIdempotencyKey,
        };
        _default = EndpointCompiler.Compile(service, problems, isForAllNetworks: true);
        _networks = CompileNetworks(options.Networks, problems);
        RequestDefaults = new RequestDefaults(options.UserAgent, options.ReuseConnections);
        Delivery = DeliverySettings.Compile(options, problems);
        Connections = new ConnectionProfile(
            options.ReuseConnections, EgressPolicy.Compile(options.Egress?.AllowedRanges ?? [], problems));

        if (string.IsNullOrWhiteSpace(options.UserAgent) || !RequestHeaders.IsCarriable(options.UserAgent))
        {
            problems.Add(
                nameof(options.UserAgent),
                "is blank, or has characters other than printable ASCII. Write a product and its version");
        }
    }

    public RequestDefaults RequestDefaults { get; }

    public DeliverySettings Delivery { get; }

    public ConnectionProfile Connections { get; }

    /// <summary>Compiles; null, with the problems added, where anything is wrong.</summary>
    public static CompiledConfiguration? Compile(InvitationNotifierOptions options, Problems problems)
    {
        var compiled = new CompiledConfiguration(options, problems);
        return problems.Count == 0 ? compiled : null;
    }

    /// <summary>A network's own web service, else the one for all; null where there is none.</summary>
    public InvitationEndpoint? Find(string networkId) =>
        _networks.TryGetValue(networkId, out var endpoint) ? endpoint : _default;

    /// <summary>All look-alikes that were not given out yet, with the network they belong to.</summary>
    public IEnumerable<(string? NetworkId, LookAlike LookAlike)> TakeLookAlikes() =>
        _networks.Select(network => (NetworkId: (string?)network.Key, Endpoint: network.Value))
            .Append((null, _default))
            .SelectMany(named => named.Endpoint?.TakeLookAlikes() ?? [], (named, lookAlike) => (named.NetworkId, lookAlike));

    private static Dictionary<string, InvitationEndpoint?> CompileNetworks(
        IDictionary<string, InvitationEndpointOptions>? networks, Problems problems)
    {
        var compiled = new Dictionary<string, InvitationEndpoint?>(networks?.Count ?? 0, StringComparer.Ordinal);
        foreach (var (networkId, service) in networks ?? new Dictionary<string, InvitationEndpointOptions>())
        {
            problems.EnterNetwork(networkId);
            compiled.Add(networkId, service is null ? null : EndpointCompiler.Compile(service, problems));
            problems.LeaveNetwork();
        }

        return compiled;
    }
}
