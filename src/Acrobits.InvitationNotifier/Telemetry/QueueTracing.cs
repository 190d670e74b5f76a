using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Starts an activity when an invitation is enqueued, and one for each delivery from the queue. Names and tags follow
/// OpenTelemetry's conventions for messaging.
/// </summary>
/// <remarks>
/// A delivery is linked to the activity that enqueued, as the conventions ask for. That activity is its parent too, which they
/// allow for single messages, unless another one is current, for instance an activity of the bus.
/// </remarks>
internal static class QueueTracing
{
    private const string Prefix = "acrobits.invitation_notifier.";
    private const string Destination = "invitations";

    /// <param name="invitation">The invitation, with its id.</param>
    /// <param name="system">The kind of queue.</param>
    public static TracedOperation? StartSend(Invitation invitation, string system) => TracedOperation.HasListeners
        ? TracedOperation.Start($"send {Destination}", ActivityKind.Producer, tags: Describe(invitation, system, "send"))
        : null;

    /// <param name="invitation">The invitation, with its id.</param>
    /// <param name="system">The kind of queue.</param>
    /// <param name="delivery">The number of the delivery.</param>
    /// <param name="origin">The activity that enqueued.</param>
    public static TracedOperation? StartProcess(Invitation invitation, string system, int delivery, TraceOrigin? origin)
    {
        if (!TracedOperation.HasListeners)
        {
            return null;
        }

        var context = origin?.Context ?? default;
        return TracedOperation.Start(
            $"process {Destination}",
            ActivityKind.Consumer,
            Activity.Current is null ? context : default,
            [.. Describe(invitation, system, "process"), new(Prefix + "delivery", delivery)],
            context == default ? null : [new ActivityLink(context)]);
    }

    /// <summary>Ends the processing of one delivery.</summary>
    public static void End(this TracedOperation process, NotificationProgress progress) =>
        process.SetTag(Prefix + "progress", progress switch
        {
            NotificationProgress.Completed => "completed",
            NotificationProgress.Deferred => "deferred",
            NotificationProgress.GivenUp => "given_up",
            _ => "dropped",
        });

    private static IEnumerable<KeyValuePair<string, object?>> Describe(Invitation invitation, string system, string operation) =>
    [
        new("messaging.system", system),
        new("messaging.operation.name", operation),
        new("messaging.operation.type", operation),
        new("messaging.destination.name", Destination),
        new("messaging.message.id", invitation.Id),
        new(Prefix + "network.id", invitation.NetworkId),
        new(EventTag.Name, EventTag.Of(invitation)),
    ];
}
