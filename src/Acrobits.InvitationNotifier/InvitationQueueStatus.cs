namespace Acrobits.InvitationNotifier;

/// <summary>Represents what waits in a durable queue for one network.</summary>
/// <param name="NetworkId">The network, or <see langword="null"/> for messages that are not invitations.</param>
/// <param name="Ready">The number of invitations that are to be delivered next or are being delivered.</param>
/// <param name="Deferred">The number of invitations that wait for a redelivery.</param>
/// <param name="DeferredUntil">When the first of the deferred invitations is due, or <see langword="null"/> if there are none.</param>
/// <param name="Dead">The number of dead letters.</param>
public sealed record InvitationQueueStatus(
    string? NetworkId, long Ready, long Deferred, DateTimeOffset? DeferredUntil, long Dead)
{
    /// <summary>
    /// Since when the oldest invitation is due that is not yet being delivered, or <see langword="null"/> if there is none. If it
    /// lies back for minutes, the queue does not keep up, or nothing delivers.
    /// </summary>
    public DateTimeOffset? ReadySince { get; init; }
}
