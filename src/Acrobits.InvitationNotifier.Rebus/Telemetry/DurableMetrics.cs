using System.Diagnostics.Metrics;
using Acrobits.InvitationNotifier.Telemetry;

namespace Acrobits.InvitationNotifier.Rebus.Telemetry;

/// <summary>What can be measured of durable delivery, on the meter of the notifier itself; docs/operations.md lists it.</summary>
internal sealed class DurableMetrics
{
    private const string Prefix = "acrobits.invitation_notifier.durable.";

    private readonly Counter<long>? _deferrals;
    private readonly Counter<long>? _deadLetters;

    public DurableMetrics(IMeterFactory factory)
    {
        var meter = factory.Create("Acrobits.InvitationNotifier");
        _deferrals = meter.TryCreate(static meter => meter.CreateCounter<long>(
            Prefix + "deferrals", "{deferral}", "Deliveries that failed for now and were put off."));
        _deadLetters = meter.TryCreate(static meter => meter.CreateCounter<long>(
            Prefix + "dead_letters", "{invitation}", "Invitations whose schedule was used up."));
    }

    public void Deferred() => _deferrals.TryAdd(default);

    public void DeadLettered() => _deadLetters.TryAdd(default);
}
