using System.Globalization;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What is sent, and how.</summary>
/// <param name="Origin">The server.</param>
/// <param name="IsPost">A JSON body of 100 bytes instead of the values in the URL.</param>
/// <param name="ReusesConnections">Whether a connection is used more than once.</param>
/// <param name="Concurrency">How many notifications are under way at a time.</param>
internal sealed record Workload(Uri Origin, bool IsPost, bool ReusesConnections, int Concurrency)
{
    public const string Path = "/invitation/";

    // The documented one without its spaces: some of the clients write JSON themselves, and all bodies shall be the same.
    public const string JsonTemplate = """{"invitee":"%invitee%","invitor":"%invitor%","network":"%network_id%"}""";

    public const int BodyLength = 100;

    public static Invitation[] Invitations { get; } =
    [
        DocumentedRequest.Invitation,
        DocumentedRequest.Invitation with { NetworkId = "cloudsoftphone.mynetwork.invitations.test" },
    ];

    public Invitation Invitation => Invitations[IsPost ? 1 : 0];

    public string UrlTemplate => $"{Origin.GetLeftPart(UriPartial.Authority)}{Path}{(IsPost ? "" : "?invitee=%invitee%&invitor=%invitor%&net=%network_id%")}";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsPost ? "POST" : "GET")}, {Concurrency} at a time, {(ReusesConnections ? "connections reused" : "a connection each")}");
}
