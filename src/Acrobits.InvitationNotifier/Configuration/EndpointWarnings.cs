using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Logs the warnings of each endpoint once.</summary>
internal sealed class EndpointWarnings(ILogger<IInvitationNotifier> logger)
{
    private const int MaxRemembered = 4096;

    // Weak, so that endpoints which the application no longer uses can be collected.
    private readonly ConditionalWeakTable<InvitationEndpoint, object?> _logged = [];

    // Keyed by value, because an application can compile its endpoints again for each invitation.
    private readonly ConcurrentDictionary<(string? NetworkId, object Warning), bool> _ofApplication = new();
    private volatile HashSet<(string? NetworkId, object Warning)> _ofConfiguration = [];

    /// <summary>Logs the warnings of an endpoint on its first use.</summary>
    public void LogOnce(InvitationEndpoint endpoint, string networkId)
    {
        if (HasWarnings(endpoint) && _logged.TryAdd(endpoint, null))
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

        foreach (var warning in Find(endpoint))
        {
            if (!_ofConfiguration.Contains((network, warning)) && _ofApplication.TryAdd((network, warning), true))
            {
                Log(network, warning);
            }
        }
    }

    /// <summary>Logs the warnings of a new configuration that the previous one did not have.</summary>
    public void LogNew(IEnumerable<(string? NetworkId, InvitationEndpoint? Endpoint)> endpoints)
    {
        var all = new HashSet<(string? NetworkId, object Warning)>();
        foreach (var (networkId, endpoint) in endpoints)
        {
            if (endpoint is not null && HasWarnings(endpoint))
            {
                _logged.TryAdd(endpoint, null);
                all.UnionWith(Find(endpoint).Select(warning => (networkId, warning)));
            }
        }

        var known = _ofConfiguration;
        _ofConfiguration = all;
        foreach (var (networkId, warning) in all.Except(known))
        {
            Log(networkId, warning);
        }
    }

    private static bool HasWarnings(InvitationEndpoint endpoint) =>
        endpoint.WebService.LookAlikes.Count > 0 || endpoint.Tls is { Warnings.Count: > 0 };

    private static IEnumerable<object> Find(InvitationEndpoint endpoint) =>
        endpoint.WebService.LookAlikes.Concat(endpoint.Tls?.Warnings.Cast<object>() ?? []);

    private void Log(string? networkId, object warning)
    {
        if (warning is LookAlike lookAlike)
        {
            logger.LookAlike(lookAlike.Key, lookAlike.Position, lookAlike.Nearest, networkId);
        }
        else
        {
            var ofTls = (Problem)warning;
            logger.TlsWarning(networkId, ofTls.Path, ofTls.Text);
        }
    }
}
