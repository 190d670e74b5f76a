namespace Acrobits.InvitationNotifier.Rebus.Wiring;

/// <summary>Whether this application delivers the invitations of the queue, or only enqueues them.</summary>
internal sealed record DeliveryMode(bool Delivers);
