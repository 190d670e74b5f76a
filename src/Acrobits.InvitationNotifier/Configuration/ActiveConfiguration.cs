using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Templates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// The configuration in force. A reload replaces it where it is valid, and is logged where it is not. The framework's
/// options monitor would instead throw out of the reload, and keep nothing.
/// </summary>
/// <remarks>
/// It is a change source of the options monitor, one that never announces anything, so that it exists and listens from
/// the moment that the host validates the options at start.
/// </remarks>
internal sealed class ActiveConfiguration : IOptionsChangeTokenSource<InvitationNotifierOptions>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IOptionsFactory<InvitationNotifierOptions> _factory;
    private readonly IOptionsMonitorCache<InvitationNotifierOptions> _cache;
    private readonly ILogger<IInvitationNotifier> _logger;
    private readonly IDisposable[] _subscriptions;

    // A reload compiles everything again, and what did not change is not worth another warning.
    private HashSet<(string? NetworkId, LookAlike LookAlike)> _warnedOf = [];
    private volatile CompiledConfiguration? _current;
    private string? _lastFailure;

    public ActiveConfiguration(
        IOptionsFactory<InvitationNotifierOptions> factory,
        IOptionsMonitorCache<InvitationNotifierOptions> cache,
        IEnumerable<IConfigureOptions<InvitationNotifierOptions>> sources,
        ILogger<IInvitationNotifier> logger)
    {
        _factory = factory;
        _cache = cache;
        _logger = logger;

        // Sections of one root share its token: one reload for all of them.
        _subscriptions = [.. sources.OfType<ConfigurationReader>()
            .DistinctBy(reader => reader.Section.GetReloadToken())
            .Select(reader => ChangeToken.OnChange(reader.Section.GetReloadToken, Reload))];
    }

    string IOptionsChangeTokenSource<InvitationNotifierOptions>.Name => Options.DefaultName;

    /// <summary>The last good configuration.</summary>
    /// <exception cref="OptionsValidationException">There was none yet; lists every problem.</exception>
    public CompiledConfiguration Current => _current ?? ReadFirst();

    IChangeToken IOptionsChangeTokenSource<InvitationNotifierOptions>.GetChangeToken() =>
        new CancellationChangeToken(CancellationToken.None);

    public void Dispose() => Array.ForEach(_subscriptions, subscription => subscription.Dispose());

    private CompiledConfiguration ReadFirst()
    {
        lock (_gate)
        {
            try
            {
                // The monitor's cache has them already, and compiled, where the host validated them at start.
                return _current ?? Use(_cache.GetOrAdd(Options.DefaultName, () => _factory.Create(Options.DefaultName)));
            }
            catch (Exception)
            {
                // The cache would keep the failure for ever, be it that of the application's own part in the configuration.
                _cache.TryRemove(Options.DefaultName);
                throw;
            }
        }
    }

    private void Reload()
    {
        lock (_gate)
        {
            try
            {
                var options = _factory.Create(Options.DefaultName);
                _cache.TryRemove(Options.DefaultName);
                _cache.TryAdd(Options.DefaultName, options);
                Use(options);
                _lastFailure = null;
                _logger.ConfigurationReloaded();
            }
            catch (Exception exception)
            {
                // Whatever the application's own part in the options throws must not end in whoever changed a file.
                var failure = exception is OptionsValidationException invalid
                    ? string.Join(Environment.NewLine, invalid.Failures)
                    : exception.GetType().Name;

                // A file that is being written announces itself more than once.
                if (failure != _lastFailure)
                {
                    _logger.ConfigurationInvalid(failure);
                }

                _lastFailure = failure;
            }
        }
    }

    private CompiledConfiguration Use(InvitationNotifierOptions options)
    {
        _current = options.Compiled!;
        var lookAlikes = _current.TakeLookAlikes().ToHashSet();
        foreach (var (networkId, lookAlike) in lookAlikes.Except(_warnedOf))
        {
            _logger.LookAlike(lookAlike.Key, lookAlike.Position, lookAlike.Nearest, networkId);
        }

        _warnedOf = lookAlikes;
        return _current;
    }
}
