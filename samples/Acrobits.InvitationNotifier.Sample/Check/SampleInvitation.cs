using Acrobits.InvitationNotifier.Sample.Providers;

namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>The invitations that each service is tried with.</summary>
internal static class SampleInvitation
{
    // The first in the path of a URL, the second in XML.
    private static readonly string[] Uncarried = ["..", "\u0001"];

    // The id of a network that has no entry of its own could be anything; the documentation's will do.
    public static Invitation Friendly(string? networkId) => new(
        DocumentedRequest.Invitation.Invitee,
        DocumentedRequest.Invitation.Invitor,
        networkId ?? DocumentedRequest.Invitation.NetworkId);

    /// <summary>Values that every format can carry, once they are escaped: what would break out of each of them.</summary>
    public static Invitation Hostile(string? networkId) => new(
        "+1 (555) \"x\"&<y>/../%invitor%\r\n",
        "jön'\\snow]]>?a=b#c;%2e",
        networkId ?? "my network&invitee=2");

    /// <summary>Values that some places cannot carry at all.</summary>
    public static IEnumerable<Invitation> Uncarriable(string? networkId) =>
        Uncarried.Select(value => new Invitation(value, value, networkId ?? DocumentedRequest.Invitation.NetworkId));
}
