namespace Acrobits.InvitationNotifier;

/// <summary>The web service of one network.</summary>
public sealed class InvitationEndpointOptions : InvitationWebServiceOptions
{
}
