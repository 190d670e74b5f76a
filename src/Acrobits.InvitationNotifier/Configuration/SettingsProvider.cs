using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// The configuration in force: read when the host validates its options or at first use, and again whenever it changes. A
/// change that is wrong is logged, and leaves the last good configuration in force.
/// </summary>
/// <remarks>
/// It is the options monitor of the notifier's options: the framework's own would throw a wrong change at whoever changed
/// the file, and keep nothing.
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
    private Action<InvitationNotifierOptions, string?>? _changed;
    private string? _lastFailure;

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

        // Sections of one root share its token: one reload for all of them.
        _subscriptions = [.. sections.Select(section => (Func<IChangeToken>)section.GetReloadToken)
            .Concat(changes.Where(change => string.IsNullOrEmpty(change.Name)).Select(change => (Func<IChangeToken>)change.GetChangeToken))
            .DistinctBy(token => token())
            .Select(token => ChangeToken.OnChange(token, Reload))];
    }

    /// <summary>The last good configuration.</summary>
    /// <exception cref="OptionsValidationException">There was none yet; lists every problem.</exception>
    public CompiledConfiguration Current => CurrentValue.Compiled!;

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
            if (_inForce is not { } last)
            {
                // The first use reads what is there then.
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
            ReportNetworks(last.Compiled!.NetworkProblems, _inForce.Compiled!);
        }

        _changed?.Invoke(_inForce, Options.DefaultName);
    }

    private InvitationNotifierOptions Use(InvitationNotifierOptions options)
    {
        _inForce = options;
        _warnings.LogNew(options.Compiled!.Endpoints);
        return options;
    }

    private void ReportNetworks(IReadOnlyList<Problem> before, CompiledConfiguration current)
    {
        // One that was taken out is not mended.
        var now = current.NetworkProblems;
        var mended = before.Select(problem => problem.NetworkId!).Except(now.Select(problem => problem.NetworkId!))
            .Where(networkId => current.TryFind(networkId, out _)).ToList();
        if (mended.Count > 0)
        {
            _logger.NetworksMended(mended);
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
            // A file that is being written announces itself more than once.
            if (failure != _lastFailure)
            {
                _lastFailure = failure;
                log(failure);
            }
        }
    }

    private static string Join(IEnumerable<string> problems)
    {
        var all = problems.Select(problem => new Printable(problem).ToString()).ToList();
        return all.Count <= MaxProblems
            ? string.Join(Environment.NewLine, all)
            : $"{string.Join(Environment.NewLine, all.Take(MaxProblems))}{Environment.NewLine}and {all.Count - MaxProblems} more.";
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
