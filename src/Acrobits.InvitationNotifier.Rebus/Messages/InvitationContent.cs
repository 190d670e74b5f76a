namespace Acrobits.InvitationNotifier.Rebus.Messages;

/// <summary>The JSON body of a message, version 1. The property names are part of the contract.</summary>
internal sealed record InvitationContent(string? Id, string? Invitee, string? Invitor, string? NetworkId);
