using Acrobits.InvitationNotifier.Telemetry;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>An invitation in the queue. There can be many, so it holds only what cannot be derived.</summary>
internal sealed class QueuedInvitation(Invitation invitation, TraceOrigin? origin)
{
    public Invitation Invitation => invitation;

    public string NetworkId => invitation.NetworkId;

    /// <summary>The activity that enqueued the invitation.</summary>
    public TraceOrigin? Origin => origin;

    /// <summary>The number of deliveries that have ended, including those that the schedule does not count.</summary>
    public int Deliveries { get; set; }

    /// <summary>The number of redeliveries used. 0 if the first delivery has not ended.</summary>
    public int Redeliveries { get; set; }
}
