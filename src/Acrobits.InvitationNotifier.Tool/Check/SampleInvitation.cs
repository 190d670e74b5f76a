namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>The invitations that a check tries with each web service.</summary>
internal static class SampleInvitation
{
    // The first cannot be a path segment of a URL, the second cannot be in XML.
    private static readonly string[] Unrepresentable = ["..", "\u0001"];

    /// <summary>The invitation of the examples in the web service's documentation.</summary>
    public static Invitation Documented { get; } = new("15551231234", "johnsnow", "mynetwork") { Id = "example" };

    /// <summary>Ordinary values.</summary>
    public static Invitation Friendly(string? networkId) => Documented with { NetworkId = networkId ?? Documented.NetworkId };

    /// <summary>Values that would break out of each format if they were not escaped.</summary>
    public static Invitation Hostile(string? networkId) => new(
        "+1 (555) \"x\"&<y>/../%invitor%\r\n",
        "jön'\\snow]]>?a=b#c;%2e",
        networkId ?? "my network&invitee=2")
    {
        Id = "example",
    };

    /// <summary>Values that some templates cannot represent.</summary>
    public static IEnumerable<Invitation> Problematic(string? networkId) =>
        Unrepresentable.Select(value => Friendly(networkId) with { Invitee = value, Invitor = value });
}
