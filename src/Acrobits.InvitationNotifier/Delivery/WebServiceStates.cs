using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// The state of all recently used web services, and of their destinations. A reload changes settings but never the state.
/// </summary>
internal sealed class WebServiceStates : IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<WebServiceKey, WebServiceState> _states = new();
    private readonly Dictionary<Destination, DestinationLimits> _destinations = [];
    private readonly SettingsProvider _settings;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private readonly IDisposable _reloads;

    public WebServiceStates(SettingsProvider settings, NotifierMetrics metrics, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _sweeper = time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
        _reloads = settings.OnChange((_, _) => UpdateLimits());
        metrics.OpenCircuits = () => _states.Values.LongCount(state => state.Circuit.IsOpen);
    }

    /// <summary>The number of destinations with a state.</summary>
    public int DestinationCount
    {
        get
        {
            lock (_gate)
            {
                return _destinations.Count;
            }
        }
    }

    /// <summary>Begins a delivery. <see cref="WebServiceState.Leave"/> ends it.</summary>
    public WebServiceState Enter(DeliveryRun run)
    {
        var key = new WebServiceKey(run.IsForAllNetworks ? null : run.NetworkId, run.Event, run.WebService.Url);
        return _states.TryGetValue(key, out var known) && known.TryEnter() ? known : Create(key);
    }

    public void Dispose()
    {
        _reloads.Dispose();
        _sweeper.Dispose();
    }

    private WebServiceState Create(WebServiceKey key)
    {
        var destination = key.Url.Destination;
        lock (_gate)
        {
            if (_states.TryGetValue(key, out var known) && known.TryEnter())
            {
                return known;
            }

            if (!_destinations.TryGetValue(destination, out var limits))
            {
                _destinations.Add(destination, limits = new DestinationLimits(destination, _settings, _time));
            }

            limits.RecentWebServices++;
            var created = new WebServiceState(limits, _time);
            created.TryEnter();
            _states[key] = created;
            return created;
        }
    }

    private void UpdateLimits()
    {
        DestinationLimits[] all;
        lock (_gate)
        {
            all = [.. _destinations.Values];
        }

        Array.ForEach(all, limits => limits.Update());
    }

    private void Sweep()
    {
        foreach (var (key, state) in _states)
        {
            lock (_gate)
            {
                if (state.TryRetire())
                {
                    _states.TryRemove(key, out _);
                    state.Limits.Forget(state.Share);
                    if (state.Limits.RecentWebServices == 0)
                    {
                        _destinations.Remove(key.Url.Destination);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Identifies the web service of a network for an event, by its URL template. The network is null for the default endpoint.
    /// </summary>
    private readonly record struct WebServiceKey(string? NetworkId, InvitationEvent Event, UrlTemplate Url);
}
