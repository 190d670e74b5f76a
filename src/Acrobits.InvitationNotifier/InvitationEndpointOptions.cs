namespace Acrobits.InvitationNotifier;

/// <summary>Options of the web services of a single network.</summary>
public sealed class InvitationEndpointOptions : InvitationWebServiceOptions
{
}
