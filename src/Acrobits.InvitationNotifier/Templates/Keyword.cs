namespace Acrobits.InvitationNotifier.Templates;

/// <summary>The three parameters of the web service; it recognises no others.</summary>
internal enum Keyword
{
    Invitee,
    Invitor,
    NetworkId,
}
