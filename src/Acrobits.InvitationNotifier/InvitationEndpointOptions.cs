namespace Acrobits.InvitationNotifier;

/// <summary>Options of the web service of a single network.</summary>
public sealed class InvitationEndpointOptions : InvitationWebServiceOptions
{
}
