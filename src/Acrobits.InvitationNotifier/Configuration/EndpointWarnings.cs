using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Templates;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Logs the warnings of each endpoint once.</summary>
internal sealed class EndpointWarnings(ILogger<IInvitationNotifier> logger)
{
    private const int MaxRemembered = 4096;

    // Weak, so that endpoints which the application no longer uses can be collected.
    private readonly ConditionalWeakTable<InvitationEndpoint, object?> _logged = [];

    // Keyed by value, because an application can compile its endpoints again for each invitation.
    private readonly ConcurrentDictionary<(string NetworkId, LookAlike LookAlike), bool> _ofApplication = new();
    private HashSet<(string? NetworkId, LookAlike LookAlike)> _ofConfiguration = [];

    /// <summary>Logs the warnings of an endpoint on its first use.</summary>
    public void LogOnce(InvitationEndpoint endpoint, string networkId)
    {
        if (endpoint.LookAlikes.Count > 0 && _logged.TryAdd(endpoint, null))
        {
            if (_ofApplication.Count >= MaxRemembered)
            {
                _ofApplication.Clear();
            }

            foreach (var lookAlike in endpoint.LookAlikes)
            {
                if (_ofApplication.TryAdd((networkId, lookAlike), true))
                {
                    logger.LookAlike(lookAlike.Key, lookAlike.Position, lookAlike.Nearest, networkId);
                }
            }
        }
    }

    /// <summary>Logs the warnings of a new configuration that the previous one did not have.</summary>
    public void LogNew(IEnumerable<(string? NetworkId, InvitationEndpoint? Endpoint)> endpoints)
    {
        var all = new HashSet<(string? NetworkId, LookAlike LookAlike)>();
        foreach (var (networkId, endpoint) in endpoints.Where(service => service.Endpoint is { LookAlikes.Count: > 0 }))
        {
            _logged.TryAdd(endpoint!, null);
            all.UnionWith(endpoint!.LookAlikes.Select(lookAlike => (networkId, lookAlike)));
        }

        var known = _ofConfiguration;
        _ofConfiguration = all;
        foreach (var (networkId, lookAlike) in all.Except(known))
        {
            logger.LookAlike(lookAlike.Key, lookAlike.Position, lookAlike.Nearest, networkId);
        }
    }
}
