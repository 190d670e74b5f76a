using System.Text;

namespace Acrobits.InvitationNotifier.Sample.Providers;

/// <summary>
/// The requests of the web service's documentation: how each is configured, and what has to arrive. What has to arrive
/// is written out by hand, never derived from what the library does.
/// </summary>
internal sealed record DocumentedRequest(
    string Title,
    string RequestLine,
    string PathAndQuery,
    string UserAgent,
    string? ContentType,
    string? PostData,
    string? Body)
{
    /// <summary>The invitation of the documentation's examples.</summary>
    public static Invitation Invitation { get; } = new("15551231234", "johnsnow", "mynetwork");

    public static IReadOnlyList<DocumentedRequest> All { get; } =
    [
        new(
            Title: "GET",
            RequestLine: "GET /invitation_created/?invitee=15551231234&invitor=johnsnow&network_id=mynetwork HTTP/1.1",
            PathAndQuery: "/invitation_created/?invitee=%invitee%&invitor=%invitor%&network_id=%network_id%",
            UserAgent: "Sync Server 1.0",
            ContentType: null,
            PostData: null,
            Body: null),
        new(
            Title: "POST, form",
            RequestLine: "POST /invitation_created/ HTTP/1.1",
            PathAndQuery: "/invitation_created/",
            UserAgent: "Sync Server 1.1",
            ContentType: null,
            PostData: "invitee=%invitee%&invitor=%invitor%&network_id=%network_id%",
            Body: "invitee=15551231234&invitor=johnsnow&network_id=mynetwork"),
        new(
            Title: "POST, XML",
            RequestLine: "POST /invitation_created/ HTTP/1.1",
            PathAndQuery: "/invitation_created/",
            UserAgent: "Sync Server 1.1",
            ContentType: "application/xml",
            PostData:
                "<root>\n    <invitee>%invitee%</invitee>\n    <invitor>%invitor%</invitor>\n" +
                "    <network_id>%network_id%</network_id>\n</root>",
            Body:
                "<root>\n    <invitee>15551231234</invitee>\n    <invitor>johnsnow</invitor>\n" +
                "    <network_id>mynetwork</network_id>\n</root>"),
        new(
            Title: "POST, JSON",
            RequestLine: "POST /invitation_created/ HTTP/1.1",
            PathAndQuery: "/invitation_created/",
            UserAgent: "CloudSoftphone/1.5.6",
            ContentType: "application/json",
            PostData: """{"invitee" : "%invitee%", "invitor" : "%invitor%", "network_id" : "%network_id%"}""",
            Body: """{"invitee" : "15551231234", "invitor" : "johnsnow", "network_id" : "mynetwork"}"""),
    ];

    /// <summary>The bytes that have to arrive at a host.</summary>
    public byte[] Expected(string host)
    {
        List<string> head =
        [
            RequestLine,
            $"Host: {host}",
            "Connection: close",
            "Cache-Control: max-age=0",
            $"User-Agent: {UserAgent}",
        ];
        if (Body is not null)
        {
            head.Add($"Content-Type: {ContentType ?? "application/x-www-form-urlencoded"}");
            head.Add($"Content-Length: {Encoding.UTF8.GetByteCount(Body)}");
        }

        return Encoding.UTF8.GetBytes(string.Join("\r\n", head) + "\r\n\r\n" + Body);
    }
}
