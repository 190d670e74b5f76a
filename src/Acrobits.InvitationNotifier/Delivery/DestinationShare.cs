namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// The share of one web service in its destination: the slots it holds, and its attempts that wait. Guarded by the lock of its <see cref="DestinationLimits"/>.
/// </summary>
internal sealed class DestinationShare
{
    /// <summary>The number of slots that the web service holds.</summary>
    public int Slots { get; set; }

    /// <summary>The attempts that wait for a slot and a token, in order of arrival.</summary>
    public LinkedList<TaskCompletionSource> Waiting { get; } = [];

    /// <summary>Whether the share is in the queue of those that wait.</summary>
    public bool IsEnqueued { get; set; }

    /// <summary>Whether the last wait timed out.</summary>
    public bool IsCongested { get; set; }
}
