namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class RequestHeadersTests
{
    [Theory]
    [InlineData("Connection")]
    [InlineData("keep-alive")]
    [InlineData("Proxy-Connection")]
    [InlineData("Proxy-Authenticate")]
    [InlineData("Proxy-Authorization")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("TRANSFER-ENCODING")]
    [InlineData("Upgrade")]
    [InlineData("HTTP2-Settings")]
    [InlineData("Content-Length")]
    [InlineData("Host")]
    [InlineData("Expect")]
    public void Create_HopByHopOrFramingHeader_IsRefused(string name) =>
        Assert.Equal(
            [$"Headers:{name}: is a hop-by-hop or framing header, which the HTTP client sets itself. Remove it."],
            Refusals((name, "x")));

    [Theory]
    [InlineData("Content-Encoding")]
    [InlineData("content-language")]
    [InlineData("Allow")]
    [InlineData("Expires")]
    [InlineData("Last-Modified")]
    public void Create_HeaderOfABody_IsRefused(string name) =>
        Assert.Equal([$"Headers:{name}: describes a body or a response, not a request. Remove it."], Refusals((name, "x")));

    [Fact]
    public void Create_ContentType_IsRefusedWithTheKeyToUse() =>
        Assert.Equal(
            ["Headers:content-type: has keys of its own. Use InvitationCreatedContentType or InvitationAcceptedContentType."],
            Refusals(("content-type", "application/json")));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("X Y")]
    [InlineData("X:Y")]
    [InlineData("X-Ž")]
    [InlineData("X\r\nY")]
    [InlineData("X-Key ")]
    [InlineData("(x)")]
    public void Create_NameThatIsNoToken_IsRefusedUnquoted(string name) =>
        Assert.Equal(
            ["Headers: a name is not a token (RFC 9110, section 5.6.2). Use letters, digits and hyphens."],
            Refusals((name, "x")));

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("a\n")]
    [InlineData("\r")]
    [InlineData("a\tb")]
    [InlineData("a\0")]
    [InlineData("\u007F")]
    [InlineData("ž")]
    [InlineData("\u0085")]
    [InlineData(null)]
    public void Create_ValueThatNoHeaderCarries_IsRefusedUnquoted(string? value) =>
        Assert.Equal(
            ["Headers:X-Key: the value is missing, or has characters other than printable ASCII. Correct it."],
            Refusals(("X-Key", value!)));

    [Fact]
    public void Create_NameGivenTwice_IsRefused() =>
        Assert.Equal(
            ["Headers:x-key: is set twice; header names are not case-sensitive. Remove one."],
            Refusals(("X-Key", "1"), ("x-key", "2")));

    [Fact]
    public void Create_AuthorizationAndUserInfo_AreRefused()
    {
        var options = Options([("authorization", "Bearer x")]);
        options.InvitationCreatedUrl = "https://user:password@example.com/";

        var exception = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => InvitationEndpoint.Create(options));

        Assert.Equal(["Headers:Authorization: is set, and InvitationCreatedUrl has user info too. Remove one."], exception.Failures);
    }

    [Fact]
    public void Create_SeveralProblems_AreListedAtOnce() =>
        Assert.Equal(3, Refusals(("Host", "x"), ("X Y", "1"), ("X-Key", "\n")).Count);

    [Fact]
    public void CreateRequest_Headers_AreAddedAsTheyStand()
    {
        var options = Options(
            [("X-Api-Key", "a, b; \"c\" %invitee%"), ("Authorization", "not a scheme, at all"), ("X-Empty", ""), ("Accept", "*/*, x"), ("Cookie", "a=b")]);

        using var request = InvitationEndpoint.Create(options).CreateRequest(new Invitation("420", "john", "net"));

        var headers = request.Headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToString());
        Assert.Equal("a, b; \"c\" %invitee%", headers["X-Api-Key"]);
        Assert.Equal("not a scheme, at all", headers["Authorization"]);
        Assert.Equal("", headers["X-Empty"]);
        Assert.Equal("*/*, x", headers["Accept"]);
        Assert.Equal("a=b", headers["Cookie"]);
    }

    [Fact]
    public void CreateRequest_UserAgentAndCacheControl_ReplaceTheOnesSentOtherwise()
    {
        using var request = InvitationEndpoint.Create(Options([("user-agent", "x y z ("), ("cache-control", "no-store")]))
            .CreateRequest(new Invitation("420", "john", "net"));

        Assert.Equal(
            ["Connection: close", "Cache-Control: no-store", "User-Agent: x y z ("],
            request.Headers.NonValidated.Select(header => $"{header.Key}: {header.Value}"));
    }

    private static InvitationEndpointOptions Options((string Name, string Value)[] headers) => new()
    {
        InvitationCreatedUrl = "https://example.com/",
        Headers = headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.Ordinal),
    };

    private static IReadOnlyList<string> Refusals(params (string Name, string Value)[] headers) =>
        [.. Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => InvitationEndpoint.Create(Options(headers))).Failures];
}
