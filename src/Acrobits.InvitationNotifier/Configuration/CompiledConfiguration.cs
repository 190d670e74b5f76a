using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>A valid, compiled configuration. Immutable, so that a delivery uses the same settings from start to end.</summary>
internal sealed class CompiledConfiguration
{
    private readonly Dictionary<string, InvitationEndpoint?> _networks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _similarIds = new(NetworkIdComparer.Instance);
    private Dictionary<Destination, int> _shared = [];

    private readonly List<(string? NetworkId, string Warning)> _warnings = [];

    private CompiledConfiguration(InvitationNotifierOptions options, ProblemScope problems)
    {
        NotifierKeys.All.Check(options, problems);
        Default = InvitationEndpoint.Compile(options, problems, isForAllNetworks: true);
        RequestDefaults = new RequestDefaults(options.UserAgent, options.ReuseConnections);
        Delivery = DeliverySettings.From(options);
        Connections = new ConnectionProfile(
            options.ReuseConnections, EgressPolicy.Compile(options.Egress.AllowedRanges ?? [], problems), options.AttemptTimeout);

        if (EndpointLint.HasPlaceholder(options.UserAgent ?? ""))
        {
            _warnings.Add((null, $"{nameof(options.UserAgent)}: has a placeholder, but headers are sent as written. Use the URL or the post data."));
        }

        var networks = problems.At(nameof(options.Networks));
        _networks.EnsureCapacity(options.Networks?.Count ?? 0);
        foreach (var (networkId, service) in options.Networks ?? new Dictionary<string, InvitationEndpointOptions>())
        {
            if (string.IsNullOrWhiteSpace(networkId))
            {
                _warnings.Add((networkId, "the id is blank, so no invitation can belong to this network. Correct the id, or remove the entry."));
            }

            // An empty URL turns the network off; a missing one is probably forgotten.
            if (service is not { InvitationCreatedUrl: not null } and not { InvitationAcceptedUrl: not null })
            {
                _warnings.Add((networkId, $"the entry has no URL, so nothing is sent. Set one, or write an empty {nameof(options.InvitationCreatedUrl)} if that is intended."));
            }

            var own = networks.InNetwork(networkId).At(networkId);
            _networks.Add(networkId, service is null ? null : InvitationEndpoint.Compile(service, own));
        }
    }

    /// <summary>Whether any network has a web service.</summary>
    public bool HasWebServices => Endpoints.Any(entry => entry.Endpoint is not null);

    /// <summary>The probable mistakes with their network; null is the default endpoint.</summary>
    public IEnumerable<(string? NetworkId, string Warning)> Warnings => _warnings.Concat(Endpoints
        .SelectMany(entry => (entry.Endpoint?.Warnings ?? []).Select(warning => (entry.NetworkId, warning))));

    public RequestDefaults RequestDefaults { get; }

    public DeliverySettings Delivery { get; }

    public ConnectionProfile Connections { get; }

    /// <summary>The web service of all networks without an entry; null if there is none.</summary>
    public InvitationEndpoint? Default { get; }

    /// <summary>The problems of the networks that kept their last good settings.</summary>
    public IReadOnlyList<Problem> NetworkProblems { get; private set; } = [];

    /// <summary>All endpoints with their network; null is the default endpoint.</summary>
    public IEnumerable<(string? NetworkId, InvitationEndpoint? Endpoint)> Endpoints =>
        _networks.Select(network => ((string?)network.Key, network.Value)).Append((null, Default));

    /// <summary>Compiles the options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="inForce">
    /// The options to be replaced, if any. A network with invalid new settings keeps its settings from these, or has no web
    /// service if it has none there.
    /// </param>
    /// <param name="problems">Receives all problems.</param>
    /// <returns>
    /// Null if a problem concerns all networks, or if there is any problem and no options are in force.
    /// </returns>
    public static CompiledConfiguration? Compile(InvitationNotifierOptions options, InvitationNotifierOptions? inForce, ProblemScope problems)
    {
        if (inForce is not null)
        {
            MissingSettings.Find(inForce, options, problems);
        }

        var sections = OptionsMetadata.Of(options).Sections;

        // A section that is registered twice reports its problems twice.
        problems.AddRange(sections.SelectMany(section => section.Problems).Distinct());

        var found = new ProblemScope();
        var compiled = new CompiledConfiguration(options, found);
        problems.AddRange(found.Problems.Select(problem => problem with { Path = FullPath(problem.Path, options, sections) }));
        if (problems.Count > 0 && (inForce is null || problems.Problems.Any(problem => problem.NetworkId is null)))
        {
            return null;
        }

        compiled.NetworkProblems = problems.Problems;
        compiled._warnings.AddRange(sections.Where(section => section.IsEmpty && section.Path.Length > 0).Select(section => ((string?)null,
            $"{section.Path}: the section does not exist, or has no keys, so it has no effect. Correct its name, or remove its registration.")));
        foreach (var networkId in problems.Problems.Select(problem => problem.NetworkId!).Distinct())
        {
            compiled._networks[networkId] = OptionsMetadata.Of(inForce!).Compiled!._networks.GetValueOrDefault(networkId);
        }

        compiled._similarIds.UnionWith(compiled._networks.Keys);
        compiled._shared = compiled.Endpoints.Select(service => service.Endpoint).OfType<InvitationEndpoint>()
            .SelectMany(endpoint => endpoint.WebServices).CountBy(service => service.Url.Destination).Where(count => count.Value > 1).ToDictionary();
        return compiled;
    }

    /// <summary>Finds the entry of a network. The endpoint is null if the entry has no URL.</summary>
    public bool TryFind(string networkId, out InvitationEndpoint? endpoint) => _networks.TryGetValue(networkId, out endpoint);

    /// <summary>Returns the id of an entry that differs only in case; null if there is none.</summary>
    public string? FindSimilar(string networkId) => _similarIds.TryGetValue(networkId, out var similar) ? similar : null;

    /// <summary>Returns the number of web services with a destination.</summary>
    public int CountWebServices(Destination destination) => _shared.GetValueOrDefault(destination, 1);

    // Of several sections, the one that has the most of the key. The last one wins, as it does for values.
    private static string FullPath(string path, InvitationNotifierOptions options, List<SectionContent> sections)
    {
        // A missing URL belongs to the section that has the post data.
        var present = sections.Exists(section => section.Has(path))
            ? path
            : WebServiceSettings.All(options).FirstOrDefault(service => service.UrlKey == path).PostDataKey ?? path;
        var best = sections.Where(section => section.Values!.DepthOf(present) > 0).Reverse()
            .MaxBy(section => section.Values!.DepthOf(present));
        return best is null || best.Path.Length == 0 ? path : ConfigurationPath.Combine(best.Path, path);
    }
}
