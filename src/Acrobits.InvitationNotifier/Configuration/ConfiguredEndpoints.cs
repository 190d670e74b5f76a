using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Provides the endpoints of the configuration in force.</summary>
internal sealed class ConfiguredEndpoints(SettingsProvider settings, ILogger<IInvitationNotifier> logger) : IInvitationEndpointProvider
{
    // Keyed by the id of the entry, so that arbitrary ids fill neither the memory nor the log.
    private readonly ConcurrentDictionary<string, bool> _warnedOf = new(StringComparer.Ordinal);

    public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken)
    {
        var current = settings.Current;
        if (current.TryFind(networkId, out var endpoint))
        {
            return new(endpoint);
        }

        if (current.FindSimilar(networkId) is not { } similar)
        {
            return new(current.Default);
        }

        if (_warnedOf.TryAdd(similar, true))
        {
            logger.DiffersInCase(networkId, similar);
        }

        return new((InvitationEndpoint?)null);
    }
}
