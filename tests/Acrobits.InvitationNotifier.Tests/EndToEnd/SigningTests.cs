using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Testing;
using Acrobits.InvitationNotifier.Tests.Configuration;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using StandardWebhooks;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Signed requests, verified by the .NET package of the Standard Webhooks project.</summary>
public class SigningTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMTIzNDU2";
    private const string OtherSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static readonly Invitation Invitation = new("15551231234", "jiří 😀", "mynetwork") { Id = "order.4711" };

    [Theory]
    [InlineData("application/json", """{ "invitee" : "%invitee%", "invitor" : "%invitor%" }""")]
    [InlineData("application/xml", "<r><a>%invitee%</a><b>%invitor%</b></r>")]
    [InlineData("application/x-www-form-urlencoded", "a=%invitee%&b=%invitor%")]
    public async Task NotifyAsync_Post_BodyVerifies(string contentType, string postData)
    {
        var request = await SendAsync(options =>
            (options.InvitationCreatedPostData, options.InvitationCreatedContentType) = (postData, contentType));

        Verify(Secret, request.Body, request.Headers);
        Assert.Equal("order.4711", request.Headers["webhook-id"]);
        Assert.ThrowsAny<Exception>(() => Verify(Secret, request.Body + " ", request.Headers));
        Assert.ThrowsAny<Exception>(() => Verify(OtherSecret, request.Body, request.Headers));
    }

    [Theory]
    [InlineData("/%network_id%/?invitee=%invitee%&invitor=%invitor%")]
    [InlineData("/a/../b/%7e;x?i=%invitor%&empty#fragment")]
    [InlineData("")]
    [InlineData("/ž?[]=%invitee%")]
    public async Task NotifyAsync_Get_TargetVerifies(string template)
    {
        var request = await SendAsync(options => options.InvitationCreatedUrl += template);

        Verify(Secret, request.Target, request.Headers);
        Assert.ThrowsAny<Exception>(() => Verify(Secret, request.Target + "0", request.Headers));
    }

    [Fact]
    public async Task NotifyAsync_SeveralSecrets_EachVerifies()
    {
        var request = await SendAsync(options =>
        {
            options.InvitationCreatedPostData = "a=%invitee%";
            options.Signing.Secrets = [Secret, OtherSecret];
        });

        Verify(Secret, request.Body, request.Headers);

        // The package reads only the first signature of a header, so the other one is shown to it alone.
        var signatures = request.Headers["webhook-signature"].Split(' ');
        Assert.Equal(2, signatures.Length);
        request.Headers["webhook-signature"] = signatures[1];
        Verify(OtherSecret, request.Body, request.Headers);
    }

    [Fact]
    public async Task NotifyAsync_Accepted_IdDiffersFromCreated()
    {
        var request = await SendAsync(
            options => options.InvitationAcceptedUrl = options.InvitationCreatedUrl,
            Invitation with { Event = InvitationEvent.Accepted });

        Assert.Equal("order.4711-accepted", request.Headers["webhook-id"]);
        Verify(Secret, request.Target, request.Headers);
    }

    [Fact]
    public async Task NotifyAsync_Repeated_EachAttemptHasItsOwnTimestampAndTheSameId()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.ServiceUnavailable);
        await using var host = NotifierHost.Create(
            options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.SendIdempotencyKey = true;
                options.Signing.Secrets.Add(Secret);
            },
            provider.Handler,
            time);

        await host.NotifyAsync(Invitation with { Id = null });

        string[] Values(string header) => [.. provider.Requests.Select(request => request.Headers.NonValidated[header].ToString())];
        Assert.Equal(4, Values("webhook-signature").Distinct().Count());
        Assert.Equal(
            provider.Arrivals.Select(arrival => arrival.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            Values("webhook-timestamp"));
        var id = Assert.Single(Values("webhook-id").Distinct());
        Assert.Equal($"\"{id}\"", Assert.Single(Values("Idempotency-Key").Distinct()));
        Assert.True(Guid.TryParse(id, out _));
    }

    [Fact]
    public async Task NotifyAsync_NetworkWithoutSecrets_IsNotSigned()
    {
        using var notifier = new MockedNotifier(Settings.FromJson(
            $$"""
            {
              "InvitationCreatedUrl": "https://example.com/", "Signing": { "Secrets": [ "{{Secret}}" ] },
              "Networks": {
                "silent": { "InvitationCreatedUrl": "https://silent.example/" },
                "own": { "InvitationCreatedUrl": "https://own.example/", "Signing": { "Secrets": [ "{{OtherSecret}}" ] } }
              }
            }
            """));

        await notifier.NotifyAsync();
        Verify(Secret, "/", notifier.Headers);
        await notifier.NotifyAsync("own");
        Verify(OtherSecret, "/", notifier.Headers);
        await notifier.NotifyAsync("silent");
        Assert.DoesNotContain(notifier.Headers.Keys, name => name.StartsWith("webhook", StringComparison.Ordinal));
    }

    [Fact]
    public void CreateRequest_Signed_VerifiesNow()
    {
        var endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://example.com/?%invitee%", Signing = { Secrets = { Secret } } });

        using var request = endpoint.CreateRequest(Invitation);

        Verify(Secret, "/?15551231234", request.Headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToString()));
    }

    // Too short, too long, another prefix or none, not Base64, white space, nothing.
    public static TheoryData<string?> Invalid =>
    [
        "whsec_" + Convert.ToBase64String(new byte[23]), "whsec_" + Convert.ToBase64String(new byte[65]), "whsec_", "", " ", null!,
        "whsk_" + Convert.ToBase64String(new byte[32]), Convert.ToBase64String(new byte[32]), "WHSEC_" + Convert.ToBase64String(new byte[32]),
        " whsec_" + Convert.ToBase64String(new byte[32]), "whsec_" + Convert.ToBase64String(new byte[32]) + "\n",
        "whsec_AAAA AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "whsec_________________________________________",
        "whsec_" + new string('A', 35), "whsec_" + new string('A', 100_000),
    ];

    [Theory, MemberData(nameof(Invalid))]
    public void Create_InvalidSecret_IsRefusedWithoutQuotingIt(string? secret)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => InvitationEndpoint.Create(new()
        {
            InvitationCreatedUrl = "https://example.com/",
            Signing = { Secrets = { Secret, secret! } },
        }));

        Assert.Equal(
            "Signing:Secrets:1: is not a signing secret. Write whsec_ followed by 24 to 64 random bytes in Base64.",
            Assert.Single(exception.Failures));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(63)]
    [InlineData(64)]
    public void Create_SecretOfValidLength_Verifies(int length)
    {
        var secret = "whsec_" + Convert.ToBase64String([.. Enumerable.Range(0, length).Select(i => (byte)(255 - i))]);
        var endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://example.com/", Signing = { Secrets = { secret } } });

        using var request = endpoint.CreateRequest(Invitation);

        Verify(secret, "/", request.Headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToString()));
    }

    [Fact]
    public void Bind_WrongSecrets_EveryProblemNamesItsKeyAndNoSecret()
    {
        var problems = Settings.Problems(Settings.FromJson(
            $$"""
            {
              "InvitationCreatedUrl": "https://example.com/", "Signing": { "Secrets": [ "s3cr3t", "{{Secret}}", "{{Secret}}" ], "Secret": "s3cr3t" },
              "Networks": {
                "one": { "InvitationCreatedUrl": "https://one.example/", "Signing": { "Secrets": "s3cr3t" } },
                "two": { "InvitationCreatedUrl": "https://two.example/", "Signing": "s3cr3t" },
                "null": { "InvitationCreatedUrl": "https://null.example/", "Signing": { "Secrets": [ null ] } },
                "three": {
                  "InvitationCreatedUrl": "https://three.example/", "Signing": { "Secrets": [ "{{Secret}}" ] }, "Headers": { "Webhook-Id": "s3cr3t" }
                },
                "many": {
                  "InvitationCreatedUrl": "https://many.example/",
                  "Signing": { "Secrets": [ {{string.Join(", ", Enumerable.Range(0, 11).Select(i => $"\"whsec_{Convert.ToBase64String(Enumerable.Repeat((byte)i, 24).ToArray())}\""))}} ] }
                }
              }
            }
            """));

        Assert.Equal(
            [
                "Networks:many:Signing:Secrets", "Networks:null:Signing:Secrets:0", "Networks:one:Signing:Secrets", "Networks:three:Headers:Webhook-Id", "Networks:two:Signing",
                "Signing:Secret", "Signing:Secrets:0", "Signing:Secrets:2",
            ],
            problems.Select(problem => problem[..problem.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains("s3cr3t", StringComparison.Ordinal) || problem.Contains(Secret[6..], StringComparison.Ordinal));
    }

    private static void Verify(string secret, string payload, IReadOnlyDictionary<string, string> headers) => new StandardWebhook(secret).Verify(
        payload, new HeaderDictionary(headers.ToDictionary(header => header.Key, header => new StringValues(header.Value))));

    // Over a real connection: what is verified is what arrived.
    private static async Task<(string Target, string Body, Dictionary<string, string> Headers)> SendAsync(
        Action<InvitationNotifierOptions> configure, Invitation? invitation = null)
    {
        await using var provider = new FakeProvider();
        await using var host = NotifierHost.Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url;
            options.Signing.Secrets.Add(Secret);
            configure(options);
        });

        var result = await host.NotifyAsync(invitation ?? Invitation);

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        var request = Assert.Single(provider.Requests);
        return (
            request.PathAndQuery,
            request.BodyText,
            request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase));
    }
}
