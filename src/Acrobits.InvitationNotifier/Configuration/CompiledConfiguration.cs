using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>A valid configuration, compiled: immutable, so that whoever holds it sees one state.</summary>
internal sealed class CompiledConfiguration
{
    private readonly Dictionary<string, InvitationEndpoint?> _networks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _similarIds = new(NetworkIdComparer.Instance);
    private Dictionary<Destination, int> _shared = [];

    private CompiledConfiguration(InvitationNotifierOptions options, ProblemScope problems)
    {
        NotifierKeys.All.Check(options, problems);
        Default = InvitationEndpoint.Compile(options, problems, isForAllNetworks: true);
        RequestDefaults = new RequestDefaults(options.UserAgent, options.ReuseConnections);
        Delivery = DeliverySettings.From(options);
        Connections = new ConnectionProfile(
            options.ReuseConnections, EgressPolicy.Compile(options.Egress.AllowedRanges ?? [], problems), options.AttemptTimeout);

        var networks = problems.At(nameof(options.Networks));
        _networks.EnsureCapacity(options.Networks?.Count ?? 0);
        foreach (var (networkId, service) in options.Networks ?? new Dictionary<string, InvitationEndpointOptions>())
        {
            var own = networks.InNetwork(networkId).At(networkId);
            _networks.Add(networkId, service is null ? null : InvitationEndpoint.Compile(service, own));
        }
    }

    public RequestDefaults RequestDefaults { get; }

    public DeliverySettings Delivery { get; }

    public ConnectionProfile Connections { get; }

    /// <summary>The web service of all networks without an entry; null where there is none.</summary>
    public InvitationEndpoint? Default { get; }

    /// <summary>What is wrong with the networks that were left as they were.</summary>
    public IReadOnlyList<Problem> NetworkProblems { get; private set; } = [];

    /// <summary>All web services, with the network that they belong to.</summary>
    public IEnumerable<(string? NetworkId, InvitationEndpoint? Endpoint)> Endpoints =>
        _networks.Select(network => ((string?)network.Key, network.Value)).Append((null, Default));

    /// <summary>Compiles.</summary>
    /// <param name="options">The options.</param>
    /// <param name="inForce">
    /// The options that they are to replace. A network whose new settings are wrong keeps those that it has there, or has
    /// no web service where it has none.
    /// </param>
    /// <param name="problems">Gets all that is wrong.</param>
    /// <returns>Null where something is wrong that concerns all networks, or anything is and there is nothing in force.</returns>
    public static CompiledConfiguration? Compile(InvitationNotifierOptions options, InvitationNotifierOptions? inForce, ProblemScope problems)
    {
        if (inForce is not null)
        {
            Absence.Find(inForce, options, problems);
        }

        var sections = Reading.Of(options).Sections;

        // A section that was registered twice has been read twice.
        problems.AddRange(sections.SelectMany(section => section.Problems).Distinct());

        var found = new ProblemScope();
        var compiled = new CompiledConfiguration(options, found);
        problems.AddRange(found.Problems.Select(problem => problem with { Path = FullPath(problem.Path, sections) }));
        if (problems.Count > 0 && (inForce is null || problems.Problems.Any(problem => problem.NetworkId is null)))
        {
            return null;
        }

        compiled.NetworkProblems = problems.Problems;
        foreach (var networkId in problems.Problems.Select(problem => problem.NetworkId!).Distinct())
        {
            compiled._networks[networkId] = Reading.Of(inForce!).Compiled!._networks.GetValueOrDefault(networkId);
        }

        compiled._similarIds.UnionWith(compiled._networks.Keys);
        compiled._shared = compiled.Endpoints.Select(service => service.Endpoint).OfType<InvitationEndpoint>()
            .CountBy(endpoint => endpoint.Destination).Where(count => count.Value > 1).ToDictionary();
        return compiled;
    }

    /// <summary>Finds the entry of a network, which can say that there is no web service.</summary>
    public bool TryFind(string networkId, out InvitationEndpoint? endpoint) => _networks.TryGetValue(networkId, out endpoint);

    /// <summary>The id of an entry that differs in case alone; null where there is none.</summary>
    public string? FindSimilar(string networkId) => _similarIds.TryGetValue(networkId, out var similar) ? similar : null;

    /// <summary>How many of the web services lead to a destination.</summary>
    public int CountWebServices(Destination destination) => _shared.GetValueOrDefault(destination, 1);

    // Of several sections, the one that has most of the key; the last one wins, as it does for values.
    private static string FullPath(string path, List<SectionContent> sections)
    {
        // A URL that is missing is missing where its post data stands.
        var present = path == nameof(InvitationNotifierOptions.InvitationCreatedUrl) && !sections.Exists(section => section.HasUrl)
            ? nameof(InvitationNotifierOptions.InvitationCreatedPostData)
            : path;
        var best = sections.Where(section => section.Values!.DepthOf(present) > 0).Reverse()
            .MaxBy(section => section.Values!.DepthOf(present));
        return best is null || best.Path.Length == 0 ? path : ConfigurationPath.Combine(best.Path, path);
    }
}
