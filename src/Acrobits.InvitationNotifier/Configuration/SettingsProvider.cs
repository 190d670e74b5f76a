using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Provides the configuration in force. It is read when the host validates its options or at first use, and again after each
/// change. An invalid change is logged and ignored; the last good configuration stays in force.
/// </summary>
/// <remarks>
/// Replaces the framework's options monitor, which throws an invalid change at the file watcher and does not keep the last
/// good options.
/// </remarks>
internal sealed class SettingsProvider : IOptionsMonitor<InvitationNotifierOptions>, IDisposable
{
    private const int MaxProblems = 100;

    private readonly Lock _gate = new();
    private readonly OptionsFactory<InvitationNotifierOptions> _factory;
    private readonly EndpointWarnings _warnings;
    private readonly ILogger<IInvitationNotifier> _logger;
    private readonly FileFailures _files;
    private readonly IDisposable[] _subscriptions;
    private volatile InvitationNotifierOptions? _inForce;
    private volatile CompiledConfiguration? _current;
    private Action<InvitationNotifierOptions, string?>? _changed;
    private volatile string? _lastFailure;

    public SettingsProvider(
        IEnumerable<IConfigureOptions<InvitationNotifierOptions>> configure,
        IEnumerable<IPostConfigureOptions<InvitationNotifierOptions>> postConfigure,
        IEnumerable<IValidateOptions<InvitationNotifierOptions>> validate,
        IEnumerable<IOptionsChangeTokenSource<InvitationNotifierOptions>> changes,
        EndpointWarnings warnings,
        ILogger<IInvitationNotifier> logger)
    {
        var sections = configure.OfType<SectionReader>().Select(reader => reader.Section).ToList();
        _factory = new(configure, postConfigure, [.. validate.Where(other => other is not OptionsValidator), new OptionsValidator(() => _inForce)]);
        _warnings = warnings;
        _logger = logger;
        _files = new FileFailures((file, problem) => Refuse(new Problem(null, file, problem).ToString(), _logger.ConfigurationInvalid));
        _files.Watch(sections.SelectMany(section => SectionProviders.All(SectionProviders.FindRoot(section))));

        // Sections of one root share its change token, so that they are reloaded once.
        _subscriptions = [.. sections.Select(section => (Func<IChangeToken>)section.GetReloadToken)
            .Concat(changes.Where(change => string.IsNullOrEmpty(change.Name)).Select(change => (Func<IChangeToken>)change.GetChangeToken))
            .DistinctBy(token => token())
            .Select(token => ChangeToken.OnChange(token, Reload))];
    }

    /// <summary>The last good configuration.</summary>
    /// <exception cref="OptionsValidationException">
    /// The first configuration is invalid. The exception lists every problem.
    /// </exception>
    public CompiledConfiguration Current
    {
        get
        {
            if (_current is null)
            {
                ReadFirst();
            }

            return _current!;
        }
    }

    /// <summary>Whether the last change was refused, for all networks or for some.</summary>
    public bool IsChangeRefused => _lastFailure is not null;

    public InvitationNotifierOptions CurrentValue => _inForce ?? ReadFirst();

    public InvitationNotifierOptions Get(string? name) => string.IsNullOrEmpty(name) ? CurrentValue : _factory.Create(name);

    public IDisposable OnChange(Action<InvitationNotifierOptions, string?> listener)
    {
        lock (_gate)
        {
            _changed += listener;
        }

        return new Subscription(() =>
        {
            lock (_gate)
            {
                _changed -= listener;
            }
        });
    }

    public void Dispose()
    {
        Array.ForEach(_subscriptions, subscription => subscription.Dispose());
        _files.Dispose();
    }

    private InvitationNotifierOptions ReadFirst()
    {
        lock (_gate)
        {
            return _inForce ?? Use(_factory.Create(Options.DefaultName));
        }
    }

    private void Reload()
    {
        lock (_gate)
        {
            if (_current is not { } last)
            {
                // Nothing was used yet; the first use reads the current values.
                return;
            }

            try
            {
                Use(_factory.Create(Options.DefaultName));
            }
            catch (Exception exception)
            {
                // An exception from the application's options code must not escape into the file watcher.
                Refuse(exception is OptionsValidationException invalid ? Join(invalid.Failures) : ExceptionText.Of(exception), _logger.ConfigurationInvalid);
                return;
            }

            _logger.ConfigurationReloaded();
            ReportNetworks(last.NetworkProblems, _current!);
        }

        _changed?.Invoke(_inForce!, Options.DefaultName);
    }

    private InvitationNotifierOptions Use(InvitationNotifierOptions options)
    {
        _current = OptionsMetadata.Of(options).Compiled!;
        _inForce = options;
        _warnings.LogNew(_current);
        return options;
    }

    private void ReportNetworks(IReadOnlyList<Problem> before, CompiledConfiguration current)
    {
        // A network that was removed has not recovered.
        var now = current.NetworkProblems;
        var recovered = before.Select(problem => problem.NetworkId!).Except(now.Select(problem => problem.NetworkId!))
            .Where(networkId => current.TryFind(networkId, out _)).ToList();
        if (recovered.Count > 0)
        {
            _logger.NetworksRecovered(recovered);
        }

        if (now.Count == 0)
        {
            _lastFailure = null;
        }
        else
        {
            Refuse(Join(now.Select(problem => problem.ToString())), _logger.NetworksInvalid);
        }
    }

    private void Refuse(string failure, Action<string> log)
    {
        lock (_gate)
        {
            // Writing a file can raise several change tokens.
            if (failure != _lastFailure)
            {
                _lastFailure = failure;
                log(failure);
            }
        }
    }

    private static string Join(IEnumerable<string> problems)
    {
        var all = problems.Select(problem => new LogSafeText(problem).ToString()).ToList();
        return all.Count <= MaxProblems
            ? string.Join(Environment.NewLine, all)
            : $"{string.Join(Environment.NewLine, all.Take(MaxProblems))}{Environment.NewLine}and {all.Count - MaxProblems} more.";
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
