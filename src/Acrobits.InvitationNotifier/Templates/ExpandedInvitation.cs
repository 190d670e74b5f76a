namespace Acrobits.InvitationNotifier.Templates;

/// <summary>The templates of one endpoint with the values of one invitation; the same for every attempt.</summary>
internal readonly record struct ExpandedInvitation(Uri Uri, byte[]? Body);
