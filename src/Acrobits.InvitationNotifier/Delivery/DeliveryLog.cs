using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// Keeps recent deliveries in memory. Each network keeps its newest ones; if the log is full, the network with the most gives
/// way. Networks without deliveries are forgotten. Thread-safe.
/// </summary>
internal sealed class DeliveryLog(IOptions<InvitationDeliveryLogOptions> options) : IDeliveryLog, INotificationObserver
{
    private readonly int _capacity = options.Value.Capacity;
    private readonly int _capacityPerNetwork = options.Value.CapacityPerNetwork;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Network> _networks = new(StringComparer.Ordinal);

    // The last one has the most deliveries, and the oldest of those that have as many.
    private readonly SortedSet<Network> _bySize = new(Comparer<Network>.Create(static (one, other) =>
        one.Deliveries.Count != other.Deliveries.Count
            ? one.Deliveries.Count.CompareTo(other.Deliveries.Count)
            : other.Deliveries.Peek().Number.CompareTo(one.Deliveries.Peek().Number)));

    private long _added;
    private int _count;

    public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
    {
        Add(DeliveryLogEntries.From(report));
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<DeliveryLogEntry>> QueryAsync(
        DeliveryLogQuery? query = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();

        query ??= new DeliveryLogQuery();
        return new([.. Find(query)
            .OrderByDescending(static delivery => delivery.Entry.Time).ThenByDescending(static delivery => delivery.Number)
            .Skip(query.Skip).Take(query.Limit)
            .Select(static delivery => delivery.Entry)]);
    }

    private void Add(DeliveryLogEntry entry)
    {
        lock (_gate)
        {
            if (_networks.TryGetValue(entry.NetworkId, out var network))
            {
                _bySize.Remove(network);
            }
            else
            {
                _networks.Add(entry.NetworkId, network = new Network(entry.NetworkId));
            }

            network.Deliveries.Enqueue((_added++, entry));
            if (network.Deliveries.Count > _capacityPerNetwork)
            {
                network.Deliveries.Dequeue();
            }
            else
            {
                _count++;
            }

            _bySize.Add(network);
            if (_count > _capacity)
            {
                RemoveOne();
            }
        }
    }

    private void RemoveOne()
    {
        var largest = _bySize.Max!;
        _bySize.Remove(largest);
        largest.Deliveries.Dequeue();
        _count--;
        if (largest.Deliveries.Count > 0)
        {
            _bySize.Add(largest);
        }
        else
        {
            _networks.Remove(largest.Id);
        }
    }

    private List<(long Number, DeliveryLogEntry Entry)> Find(DeliveryLogQuery query)
    {
        lock (_gate)
        {
            IEnumerable<Network> networks = query.NetworkId is null ? _networks.Values
                : _networks.TryGetValue(query.NetworkId, out var network) ? [network] : [];
            return [.. networks.SelectMany(static network => network.Deliveries).Where(delivery => Matches(delivery.Entry, query))];
        }
    }

    private static bool Matches(DeliveryLogEntry entry, DeliveryLogQuery query) =>
        (query.InvitationId is null || query.InvitationId == entry.InvitationId)
        && (query.Event is null || query.Event == entry.Event)
        && (query.Outcome is null || query.Outcome == entry.Outcome)
        && (query.Progress is null || query.Progress == entry.Progress)
        && !(entry.Time < query.From)
        && !(entry.Time >= query.To);

    /// <summary>The deliveries of one network, with the number that the log gave each, oldest first.</summary>
    private sealed class Network(string id)
    {
        public string Id => id;

        public Queue<(long Number, DeliveryLogEntry Entry)> Deliveries { get; } = new();
    }
}
