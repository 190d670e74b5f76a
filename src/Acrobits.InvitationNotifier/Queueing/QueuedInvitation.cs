namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>An invitation in the queue. There can be many, so it holds nothing that can be derived.</summary>
internal sealed class QueuedInvitation(Invitation invitation)
{
    public Invitation Invitation => invitation;

    public string NetworkId => invitation.NetworkId;

    /// <summary>How many redeliveries of the schedule are used. 0: the first delivery has not been made.</summary>
    public int Redeliveries { get; set; }
}
