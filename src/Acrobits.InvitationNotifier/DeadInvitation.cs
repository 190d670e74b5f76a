namespace Acrobits.InvitationNotifier;

/// <summary>Represents a dead letter of a durable queue, without phone numbers and user names.</summary>
/// <param name="InvitationId">
/// The <see cref="Invitation.Id"/>, or <see langword="null"/> if the message is not an invitation.
/// </param>
/// <param name="Event">What happened, or <see langword="null"/> if the message is not an invitation.</param>
/// <param name="NetworkId">The network, or <see langword="null"/> if the message is not an invitation.</param>
/// <param name="Reason">Why it is a dead letter, as a sentence for people.</param>
/// <param name="Since">Since when it is a dead letter.</param>
public sealed record DeadInvitation(
    string? InvitationId, InvitationEvent? Event, string? NetworkId, string Reason, DateTimeOffset Since);
