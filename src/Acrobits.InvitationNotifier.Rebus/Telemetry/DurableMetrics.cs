using System.Diagnostics;
using System.Diagnostics.Metrics;
using Acrobits.InvitationNotifier.Telemetry;

namespace Acrobits.InvitationNotifier.Rebus.Telemetry;

/// <summary>Metrics of durable delivery, on the notifier's own meter. docs/operations.md lists them.</summary>
internal sealed class DurableMetrics
{
    private const string Prefix = "acrobits.invitation_notifier.durable.";

    private readonly Counter<long>? _deferrals;
    private readonly Counter<long>? _deadLetters;

    public DurableMetrics(IMeterFactory factory)
    {
        var meter = factory.Create("Acrobits.InvitationNotifier");
        _deferrals = meter.TryCreate(static meter => meter.CreateCounter<long>(
            Prefix + "deferrals", "{deferral}", "Deliveries that were deferred after a transient failure."));
        _deadLetters = meter.TryCreate(static meter => meter.CreateCounter<long>(
            Prefix + "dead_letters", "{invitation}", "Invitations that are dead: their schedule is exhausted, or their message cannot be read."));
    }

    /// <param name="invitation">The invitation; null if the message could not be read.</param>
    public void Deferred(Invitation? invitation) => _deferrals.TryAdd(Tags(invitation));

    /// <inheritdoc cref="Deferred"/>
    public void DeadLettered(Invitation? invitation) => _deadLetters.TryAdd(Tags(invitation));

    private static TagList Tags(Invitation? invitation) =>
        invitation is null ? default : new() { { EventTag.Name, EventTag.Of(invitation) } };
}
