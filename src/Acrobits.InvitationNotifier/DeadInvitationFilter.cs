namespace Acrobits.InvitationNotifier;

/// <summary>
/// Selects dead letters of a durable queue: those that meet all conditions that are set. Without conditions, all of them.
/// </summary>
public sealed record DeadInvitationFilter
{
    /// <summary>The network.</summary>
    public string? NetworkId { get; init; }

    /// <summary>The <see cref="Invitation.Id"/>.</summary>
    public string? InvitationId { get; init; }

    /// <summary>What happened.</summary>
    public InvitationEvent? Event { get; init; }

    /// <summary>The whole text of <see cref="DeadInvitation.Reason"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Those that have been dead letters for at least this time.</summary>
    public TimeSpan? MinAge { get; init; }

    /// <summary>Those that have been dead letters for at most this time.</summary>
    public TimeSpan? MaxAge { get; init; }
}
