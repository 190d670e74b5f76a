namespace Acrobits.InvitationNotifier;

/// <summary>The next delivery of an invitation, as <see cref="RedeliverySchedule.Next"/> says.</summary>
/// <param name="Delay">How long to wait for it, counted from the end of the last delivery.</param>
/// <param name="Count">How many redeliveries of the schedule are used with it, for the next call.</param>
public readonly record struct Redelivery(TimeSpan Delay, int Count);
