namespace Acrobits.InvitationNotifier.Rebus.Messages;

/// <summary>The body of a message, version 1: what stands in its JSON. Names are part of the contract.</summary>
internal sealed record InvitationContent(string? Id, string? Invitee, string? Invitor, string? NetworkId);
