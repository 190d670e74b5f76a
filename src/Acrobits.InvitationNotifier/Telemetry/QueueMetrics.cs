using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>Metrics of the queue in memory. docs/operations.md lists them.</summary>
internal sealed class QueueMetrics
{
    /// <summary>The values of the drop reason tag.</summary>
    public const string ScheduleExhausted = "schedule_exhausted", NoCapacity = "capacity", Shutdown = "shutdown";

    private const string Prefix = NotifierMetrics.Prefix;

    private readonly UpDownCounter<long>? _waiting;
    private readonly UpDownCounter<long>? _deferred;
    private readonly Counter<long>? _dropped;

    public QueueMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(NotifierMetrics.MeterName);
        _waiting = meter.TryCreate(static meter => meter.CreateUpDownCounter<long>(
            Prefix + "queue.waiting", "{invitation}", "Invitations whose first delivery has not ended."));
        _deferred = meter.TryCreate(static meter => meter.CreateUpDownCounter<long>(
            Prefix + "queue.deferred", "{invitation}", "Invitations that wait for a redelivery."));
        _dropped = meter.TryCreate(static meter => meter.CreateCounter<long>(
            Prefix + "queue.dropped", "{invitation}", "Invitations that were dropped, by event, network and reason."));
    }

    public void Waiting(int change) => _waiting.TryAdd(change);

    public void Deferred(int change) => _deferred.TryAdd(change);

    public void Dropped(Invitation invitation, string reason) => _dropped.TryAdd(new TagList
    {
        { EventTag.Name, EventTag.Of(invitation) },
        { NotifierMetrics.NetworkId, invitation.NetworkId },
        { Prefix + "drop.reason", reason },
    });
}
