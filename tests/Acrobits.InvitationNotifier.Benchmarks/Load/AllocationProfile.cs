using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>
/// What is allocated while it listens, by type: the runtime tells of one object in about every 100 KB, at random, so that
/// each type has its share of what is told.
/// </summary>
internal sealed class AllocationProfile : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;
    private const string Sampled = "AllocationSampled";
    private const int TypeNameAt = 3;

    private readonly ConcurrentDictionary<string, int> _samples = new(StringComparer.Ordinal);

    /// <summary>The types, those of most bytes first, with their share of all bytes.</summary>
    public IReadOnlyList<(string Type, double Share)> Types
    {
        get
        {
            var all = (double)_samples.Values.Sum();
            return [.. _samples.OrderByDescending(type => type.Value).Select(type => (type.Key, type.Value / all))];
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
        {
            EnableEvents(eventSource, EventLevel.Informational, AllocationSampling);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith(Sampled, StringComparison.Ordinal) == true)
        {
            _samples.AddOrUpdate((string)eventData.Payload![TypeNameAt]!, 1, (_, count) => count + 1);
        }
    }
}
