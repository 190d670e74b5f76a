namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Why a destination did not let an attempt enter.</summary>
/// <param name="Limit">The limit that was reached.</param>
/// <param name="Left">The shortest time until an attempt may enter; null if unknown.</param>
internal sealed record Refusal(Suspension Limit, TimeSpan? Left);
