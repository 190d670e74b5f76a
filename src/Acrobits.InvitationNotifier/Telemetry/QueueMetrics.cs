using System.Diagnostics.Metrics;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>What can be measured of the queue in memory; the README lists it.</summary>
internal sealed class QueueMetrics
{
    /// <summary>Why an invitation was dropped, as it stands in a tag.</summary>
    public const string ScheduleUsedUp = "schedule_used_up", NoRoom = "no_room", Shutdown = "shutdown";

    private const string Prefix = NotifierMetrics.Prefix;

    private readonly UpDownCounter<long> _waiting;
    private readonly UpDownCounter<long> _deferred;
    private readonly Counter<long> _dropped;

    public QueueMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(NotifierMetrics.MeterName);
        _waiting = meter.CreateUpDownCounter<long>(
            Prefix + "queue.waiting", "{invitation}", "Invitations whose first delivery has not ended.");
        _deferred = meter.CreateUpDownCounter<long>(
            Prefix + "queue.deferred", "{invitation}", "Invitations that wait for a redelivery.");
        _dropped = meter.CreateCounter<long>(
            Prefix + "queue.dropped", "{invitation}", "Invitations that were given up, by network and reason.");
    }

    public void Waiting(int change) => _waiting.Add(change);

    public void Deferred(int change) => _deferred.Add(change);

    public void Dropped(string networkId, string reason) => _dropped.Add(
        1,
        new KeyValuePair<string, object?>(NotifierMetrics.NetworkId, networkId),
        new KeyValuePair<string, object?>(Prefix + "drop.reason", reason));
}
