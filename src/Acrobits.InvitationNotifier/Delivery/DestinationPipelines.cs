using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>One pipeline for each destination, so that one that hangs or fails costs the others nothing.</summary>
internal sealed class DestinationPipelines : IDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Destination, DestinationPipeline> _pipelines = new();
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;

    public DestinationPipelines(TimeProvider time)
    {
        _time = time;
        _sweeper = time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
    }

    public int Count => _pipelines.Count;

    /// <summary>The destination's pipeline, a new one where the settings have changed.</summary>
    public DestinationPipeline Find(Destination destination, DeliverySettings settings)
    {
        if (_pipelines.TryGetValue(destination, out var found) && found.Settings == settings)
        {
            return found;
        }

        return _pipelines.AddOrUpdate(
            destination,
            static (_, created) => new DestinationPipeline(created.settings, created._time),
            static (_, existing, created) => existing.Settings == created.settings
                ? existing
                : new DestinationPipeline(created.settings, created._time),
            (settings, _time));
    }

    public long CountOpenCircuits() => _pipelines.Values.LongCount(pipeline => pipeline.IsCircuitOpen);

    public void Dispose() => _sweeper.Dispose();

    // Gives back what was not used for so long that its circuit has nothing left to remember. Whoever has just found a
    // pipeline that goes away here still delivers through it.
    private void Sweep()
    {
        foreach (var entry in _pipelines)
        {
            if (entry.Value.IsForgotten)
            {
                _pipelines.TryRemove(entry);
            }
        }
    }
}
