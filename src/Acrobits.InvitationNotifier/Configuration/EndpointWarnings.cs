using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Logs each warning once.</summary>
internal sealed class EndpointWarnings(ILogger<IInvitationNotifier> logger)
{
    private const int MaxLogged = 100;
    private const int MaxRemembered = 4096;

    // Weak, so that endpoints which the application no longer uses can be collected.
    private readonly ConditionalWeakTable<InvitationEndpoint, object?> _logged = [];

    // Keyed by value, because an application can compile its endpoints again for each invitation.
    private readonly ConcurrentDictionary<(string? NetworkId, string Warning), bool> _ofApplication = new();
    private volatile HashSet<(string? NetworkId, string Warning)> _ofConfiguration = [];

    /// <summary>Logs the warnings of an endpoint on its first use.</summary>
    public void LogOnce(InvitationEndpoint endpoint, string networkId)
    {
        if (endpoint.HasWarnings && _logged.TryAdd(endpoint, null))
        {
            LogChanged(endpoint, networkId);
        }
    }

    /// <summary>Logs the warnings of an endpoint that were not logged before.</summary>
    public void LogChanged(InvitationEndpoint endpoint, string networkId)
    {
        var network = endpoint.IsForAllNetworks ? null : networkId;
        if (_ofApplication.Count >= MaxRemembered)
        {
            _ofApplication.Clear();
        }

        foreach (var warning in endpoint.Warnings)
        {
            if (!_ofConfiguration.Contains((network, warning)) && _ofApplication.TryAdd((network, warning), true))
            {
                logger.ProbableMistake(network, warning);
            }
        }
    }

    /// <summary>Logs the warnings of a new configuration that the previous one did not have.</summary>
    public void LogNew(CompiledConfiguration configuration)
    {
        foreach (var (_, endpoint) in configuration.Endpoints.Where(entry => entry.Endpoint is { HasWarnings: true }))
        {
            _logged.TryAdd(endpoint!, null);
        }

        var known = _ofConfiguration;
        _ofConfiguration = [.. configuration.Warnings];
        var added = _ofConfiguration.Except(known).ToList();
        foreach (var (networkId, warning) in added.Take(MaxLogged))
        {
            logger.ProbableMistake(networkId, warning);
        }

        if (added.Count > MaxLogged)
        {
            logger.MoreMistakes(added.Count - MaxLogged);
        }
    }
}
