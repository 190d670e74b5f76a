namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Specifies a parameter of the web service. There are no others.</summary>
internal enum Keyword
{
    Invitee,
    Invitor,
    NetworkId,
}
