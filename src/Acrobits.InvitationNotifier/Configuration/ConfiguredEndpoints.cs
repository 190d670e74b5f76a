using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Provides the endpoints of the configuration in force.</summary>
internal sealed class ConfiguredEndpoints(SettingsProvider settings, ILogger<IInvitationNotifier> logger) : IInvitationEndpointProvider
{
    // Keyed by the id of the entry, so that arbitrary ids fill neither the memory nor the log.
    private readonly ConcurrentDictionary<string, bool> _warnedOf = new(StringComparer.Ordinal);
    private CompiledConfiguration? _checked;

    public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken)
    {
        var current = Check();
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

    /// <summary>
    /// Returns the configuration in force, and warns once if it has no web service at all. An application with endpoints of its
    /// own does not need any.
    /// </summary>
    /// <exception cref="OptionsValidationException">There is no web service, because the section does not exist.</exception>
    public CompiledConfiguration Check()
    {
        var current = settings.Current;
        if (!ReferenceEquals(Volatile.Read(ref _checked), current))
        {
            if (!current.HasWebServices)
            {
                if (SectionNames.FindMissing(settings.CurrentValue) is { } missing)
                {
                    throw new OptionsValidationException("", typeof(InvitationNotifierOptions), [missing]);
                }

                logger.NoWebService();
            }

            Volatile.Write(ref _checked, current);
        }

        return current;
    }
}
