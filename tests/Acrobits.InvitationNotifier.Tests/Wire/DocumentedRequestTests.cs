using System.Diagnostics;
using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>The documented requests, byte for byte; only the port, which no documented request has, differs.</summary>
public sealed class DocumentedRequestTests
{
    /// <summary>Both web services, and the paths of their documented requests.</summary>
    public static TheoryData<InvitationEvent, string> Events => new()
    {
        { InvitationEvent.Created, "/invitation_created/" },
        { InvitationEvent.Accepted, "/invitation_accepted/" },
    };

    [Theory, MemberData(nameof(Events))]
    public async Task NotifyAsync_Get_LeavesAsDocumented(InvitationEvent invitationEvent, string path)
    {
        var request = await SendAsync(invitationEvent, options =>
        {
            options.InvitationCreatedUrl += "?invitee=%invitee%&invitor=%invitor%&network_id=%network_id%";
            options.UserAgent = "Sync Server 1.0";
        });

        Assert.Equal(
            $"""
            GET {path}?invitee=15551231234&invitor=johnsnow&network_id=mynetwork HTTP/1.1
            Host: example.com
            Connection: close
            Cache-Control: max-age=0
            User-Agent: Sync Server 1.0


            """.Replace("\n", "\r\n", StringComparison.Ordinal),
            request);
    }

    [Theory, MemberData(nameof(Events))]
    public async Task NotifyAsync_PostOfXml_LeavesAsDocumented(InvitationEvent invitationEvent, string path)
    {
        const string Body = "<root>\n    <invitee>15551231234</invitee>\n    <invitor>johnsnow</invitor>\n"
            + "    <network_id>mynetwork</network_id>\n</root>";

        var request = await SendAsync(invitationEvent, options =>
        {
            options.InvitationCreatedPostData = "<root>\n    <invitee>%invitee%</invitee>\n    <invitor>%invitor%</invitor>\n"
                + "    <network_id>%network_id%</network_id>\n</root>";
            options.InvitationCreatedContentType = "application/xml";
        });

        Assert.Equal(Post("Sync Server 1.1", "application/xml", Body, path), request);
    }

    [Theory, MemberData(nameof(Events))]
    public async Task NotifyAsync_PostOfJson_LeavesAsDocumented(InvitationEvent invitationEvent, string path)
    {
        const string Body = """{"invitee" : "15551231234", "invitor" : "johnsnow", "network_id" : "mynetwork"}""";

        var request = await SendAsync(invitationEvent, options =>
        {
            options.InvitationCreatedPostData =
                """{"invitee" : "%invitee%", "invitor" : "%invitor%", "network_id" : "%network_id%"}""";
            options.InvitationCreatedContentType = "application/json";
            options.UserAgent = "CloudSoftphone/1.5.6";
        });

        Assert.Equal(Post("CloudSoftphone/1.5.6", "application/json", Body, path), request);
    }

    [Theory, MemberData(nameof(Events))]
    public async Task NotifyAsync_PostWithNoContentType_LeavesAsForm(InvitationEvent invitationEvent, string path)
    {
        var request = await SendAsync(invitationEvent, options =>
            options.InvitationCreatedPostData = "invitee=%invitee%&invitor=%invitor%&network=%network_id%");

        Assert.Equal(
            Post("Sync Server 1.1", "application/x-www-form-urlencoded", "invitee=15551231234&invitor=johnsnow&network=mynetwork", path),
            request);
    }

    [Fact]
    public async Task NotifyAsync_BodyIsNotAscii_ContentLengthCountsBytes()
    {
        var request = await SendAsync(
            options =>
            {
                options.InvitationCreatedPostData = """{"kdo":"%invitor%","ž":1}""";
                options.InvitationCreatedContentType = "application/json";
            },
            new Invitation("1", "jiří 😀", "mynetwork"));

        Assert.Equal(
            Post("Sync Server 1.1", "application/json", """{"kdo":"jiří 😀","ž":1}""", contentLength: 28), request);
    }

    [Fact]
    public async Task NotifyAsync_InvitationHasAnId_LeavesAsDocumentedAllTheSame()
    {
        var request = await SendAsync(
            options => options.InvitationCreatedPostData = "a=%invitee%", NotifierHost.Invitation with { Id = "order-4711" });

        Assert.Equal(Post("Sync Server 1.1", "application/x-www-form-urlencoded", "a=15551231234"), request);
    }

    [Fact]
    public async Task NotifyAsync_IdempotencyKeyIsAskedFor_StandsInQuotesBehindTheHeaders()
    {
        var request = await SendAsync(
            options =>
            {
                options.SendIdempotencyKey = true;
                options.Headers["X-Api-Key"] = "key";
            },
            NotifierHost.Invitation with { Id = "order-4711" });

        Assert.Equal(
            Answers.Lines(
                "GET /invitation_created/ HTTP/1.1",
                "Host: example.com",
                "Connection: close",
                "Cache-Control: max-age=0",
                "User-Agent: Sync Server 1.1",
                "X-Api-Key: key",
                "Idempotency-Key: \"order-4711\""),
            request);
    }

    [Fact]
    public async Task NotifyAsync_ActivityIsRecorded_LeavesAsDocumentedAllTheSame()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource(nameof(DocumentedRequestTests));
        using var activity = source.StartActivity("invite");
        Assert.NotNull(activity);
        activity.AddBaggage("user", "johnsnow");
        activity.TraceStateString = "vendor=1";

        var request = await SendAsync(options => options.InvitationCreatedPostData = "a=%invitee%");

        Assert.Equal(Post("Sync Server 1.1", "application/x-www-form-urlencoded", "a=15551231234"), request);
    }

    private static string Post(
        string userAgent, string contentType, string body, string path = "/invitation_created/", int? contentLength = null) => Answers.Lines(
            $"POST {path} HTTP/1.1",
            "Host: example.com",
            "Connection: close",
            "Cache-Control: max-age=0",
            $"User-Agent: {userAgent}",
            $"Content-Type: {contentType}",
            $"Content-Length: {contentLength ?? body.Length}") + body;

    // The settings of "invitation created" become those of the event; the other web service would get an unusual request.
    private static Task<string> SendAsync(InvitationEvent invitationEvent, Action<InvitationNotifierOptions> configure) => SendAsync(
        options =>
        {
            configure(options);
            if (invitationEvent == InvitationEvent.Accepted)
            {
                options.InvitationAcceptedUrl = options.InvitationCreatedUrl!.Replace("_created", "_accepted", StringComparison.Ordinal);
                options.InvitationAcceptedPostData = options.InvitationCreatedPostData;
                options.InvitationAcceptedContentType = options.InvitationCreatedContentType;
                (options.InvitationCreatedPostData, options.InvitationCreatedContentType) = ("unusual", null);
            }
        },
        NotifierHost.Invitation with { Event = invitationEvent });

    private static async Task<string> SendAsync(Action<InvitationNotifierOptions> configure, Invitation? invitation = null)
    {
        await using var provider = RawProvider.Answering(Answers.Documented);
        await using var host = NotifierHost.Create(
            options =>
            {
                options.InvitationCreatedUrl = $"http://example.com:{provider.Port}/invitation_created/";
                configure(options);
            },
            resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));

        var result = await host.NotifyAsync(invitation);
        await provider.UntilAllHungUpAsync();

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        return Assert.Single(provider.Requests).Replace(
            $"Host: example.com:{provider.Port}\r\n", "Host: example.com\r\n", StringComparison.Ordinal);
    }
}
