using System.Text;

namespace Acrobits.InvitationNotifier.Sample;

/// <summary>A web service of a provider, how it answers, and what should come of it.</summary>
/// <param name="Title">What the scenario shows.</param>
/// <param name="Endpoint">The configuration of the web service on a host.</param>
/// <param name="Documented">
/// The request as the web service's documentation has it, on <c>example.com</c>. Null if it has no such request.
/// </param>
internal sealed record Scenario(string Title, Func<string, InvitationEndpointOptions> Endpoint, string? Documented = null)
{
    /// <summary>What happened, which selects the web service.</summary>
    public InvitationEvent Event { get; init; }

    /// <summary>The status of each answer in turn. If empty, the provider does not run.</summary>
    public IReadOnlyList<int> Answers { get; init; } = [204];

    /// <summary>The outcome to expect.</summary>
    public NotificationOutcome Outcome { get; init; } = NotificationOutcome.Delivered;

    /// <summary>Each documented request, then providers that fail.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new(
            "GET",
            host => Get(host, userAgent: "Sync Server 1.0"),
            """
            GET /invitation_created/?invitee=15551231234&invitor=johnsnow&network_id=mynetwork HTTP/1.1
            Host: example.com
            Connection: close
            Cache-Control: max-age=0
            User-Agent: Sync Server 1.0


            """),
        new(
            "POST, form: invitation accepted",
            host => new InvitationEndpointOptions
            {
                InvitationAcceptedUrl = $"http://{host}/invitation_accepted/",
                InvitationAcceptedPostData = "invitee=%invitee%&invitor=%invitor%&network_id=%network_id%",
            },
            """
            POST /invitation_accepted/ HTTP/1.1
            Host: example.com
            Connection: close
            Cache-Control: max-age=0
            User-Agent: Sync Server 1.1
            Content-Type: application/x-www-form-urlencoded
            Content-Length: 57

            invitee=15551231234&invitor=johnsnow&network_id=mynetwork
            """) { Event = InvitationEvent.Accepted },
        new(
            "POST, XML",
            host => new InvitationEndpointOptions
            {
                InvitationCreatedUrl = $"http://{host}/invitation_created/",
                InvitationCreatedContentType = "application/xml",
                InvitationCreatedPostData =
                    "<root>\n    <invitee>%invitee%</invitee>\n    <invitor>%invitor%</invitor>\n" +
                    "    <network_id>%network_id%</network_id>\n</root>",
            },
            """
            POST /invitation_created/ HTTP/1.1
            Host: example.com
            Connection: close
            Cache-Control: max-age=0
            User-Agent: Sync Server 1.1
            Content-Type: application/xml
            Content-Length: 120

            <root>
                <invitee>15551231234</invitee>
                <invitor>johnsnow</invitor>
                <network_id>mynetwork</network_id>
            </root>
            """),
        new(
            "POST, JSON",
            host => new InvitationEndpointOptions
            {
                InvitationCreatedUrl = $"http://{host}/invitation_created/",
                InvitationCreatedContentType = "application/json",
                InvitationCreatedPostData = """{"invitee" : "%invitee%", "invitor" : "%invitor%", "network_id" : "%network_id%"}""",
                Headers = { ["User-Agent"] = "CloudSoftphone/1.5.6" },
            },
            """
            POST /invitation_created/ HTTP/1.1
            Host: example.com
            Connection: close
            Cache-Control: max-age=0
            User-Agent: CloudSoftphone/1.5.6
            Content-Type: application/json
            Content-Length: 79

            {"invitee" : "15551231234", "invitor" : "johnsnow", "network_id" : "mynetwork"}
            """),
        new("Answered 200", host => Get(host)) { Answers = [200], Outcome = NotificationOutcome.Rejected },
        new("204 after two 503", host => Get(host)) { Answers = [503, 503, 204] },
        new("Provider stopped", host => Get(host)) { Answers = [], Outcome = NotificationOutcome.Unreachable },
    ];

    /// <summary>The documented request as the bytes that have to arrive at a host.</summary>
    public byte[]? DocumentedBytes(string host) =>
        Documented?.ReplaceLineEndings("\n").Split("\n\n", 2) is [var head, var body]
            ? Encoding.UTF8.GetBytes(head.Replace("example.com", host).ReplaceLineEndings("\r\n") + "\r\n\r\n" + body)
            : null;

    private static InvitationEndpointOptions Get(string host, string userAgent = "Sync Server 1.1") => new()
    {
        InvitationCreatedUrl = $"http://{host}/invitation_created/?invitee=%invitee%&invitor=%invitor%&network_id=%network_id%",
        Headers = { ["User-Agent"] = userAgent },
    };
}
