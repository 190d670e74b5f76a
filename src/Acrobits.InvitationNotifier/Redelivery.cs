namespace Acrobits.InvitationNotifier;

/// <summary>Represents the next redelivery of an invitation, as returned by <see cref="RedeliverySchedule.Next"/>.</summary>
/// <param name="Delay">The delay before it, measured from the end of the last delivery.</param>
/// <param name="Count">
/// The number of redeliveries used so far, including this one if it counts. Pass it to the next call.
/// </param>
public readonly record struct Redelivery(TimeSpan Delay, int Count);
