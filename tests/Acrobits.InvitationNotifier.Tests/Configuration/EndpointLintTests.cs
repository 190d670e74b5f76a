namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>What is valid and yet probably a mistake, as an application reads it from a compiled endpoint.</summary>
public class EndpointLintTests
{
    private const string All = "https://example.com/?a=%invitee%&b=%invitor%&c=%network_id%";

    [Fact]
    public void Warnings_DocumentedTemplates_AreNone() => Assert.All(
        new InvitationEndpointOptions[]
        {
            new() { InvitationCreatedUrl = All, InvitationAcceptedUrl = All },
            new()
            {
                InvitationAcceptedUrl = "https://example.com/invitation_accepted/",
                InvitationAcceptedPostData = """{ "invitee" : "%invitee%", "invitor" : "%invitor%", "network" : "%network_id%" }""",
                InvitationAcceptedContentType = "application/json",
                Headers = { ["X-Api-Key"] = "100%", ["X-Other"] = "Basic %C3%A9 {}" },
            },
            new() { InvitationCreatedUrl = "http://127.0.0.1:8080/?%invitee%%invitor%%network_id%" },
            new() { InvitationCreatedUrl = "http://[::1]/?%invitee%%invitor%%network_id%" },
            new() { InvitationCreatedUrl = "http://localhost/?%invitee%%invitor%%network_id%" },
        },
        options => Assert.Empty(InvitationEndpoint.Create(options).Warnings));

    [Theory]
    [InlineData("https://example.com/?%invitee%%network_id%", "InvitationCreatedUrl: neither the URL nor the post data has %invitor%, ")]
    [InlineData("https://example.com/?%invitee%%network_id%#%invitor%", "InvitationCreatedUrl: neither the URL nor the post data has %invitor%, ")]
    [InlineData("https://example.com/", "InvitationCreatedUrl: neither the URL nor the post data has %invitee%, %invitor%, %network_id%, ")]
    [InlineData("https://example.com/%network_id%/%invitee%?%invitor%", "InvitationCreatedUrl: the path has %network_id%, %invitee%. ")]
    [InlineData("http://example.com/?%invitee%%invitor%%network_id%", "InvitationCreatedUrl: plain http ")]
    [InlineData("http://10.0.0.1/?%invitee%%invitor%%network_id%", "InvitationCreatedUrl: plain http ")]
    [InlineData("https://example.com/?%invitee%%network_id%&i=$invitor", "InvitationCreatedUrl, character 46: looks like a placeholder ")]
    public void Warnings_Url_NameKeyAndMistake(string url, string start)
    {
        var warning = Assert.Single(InvitationEndpoint.Create(new() { InvitationCreatedUrl = url }).Warnings);

        Assert.StartsWith(start, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "a": "%invitee%%invitor%%network_id%" }""", "application/json")]
    [InlineData("""  [ "%invitee%%invitor%%network_id%" ]""", "application/json")]
    [InlineData("<a>%invitee%%invitor%%network_id%</a>", "application/xml")]
    [InlineData("<?xml version='1.0'?><a>%invitee%%invitor%%network_id%</a>", "application/xml")]
    public void Warnings_StructuredDataAsForm_NameTheContentType(string postData, string type)
    {
        foreach (var contentType in new[] { null, "application/x-www-form-urlencoded" })
        {
            var warning = Assert.Single(InvitationEndpoint.Create(new()
            {
                InvitationAcceptedUrl = "https://example.com/",
                InvitationAcceptedPostData = postData,
                InvitationAcceptedContentType = contentType,
            }).Warnings);

            Assert.StartsWith("InvitationAcceptedPostData: looks like ", warning, StringComparison.Ordinal);
            Assert.Contains($"Set InvitationAcceptedContentType to {type}.", warning, StringComparison.Ordinal);
        }

        Assert.Empty(InvitationEndpoint.Create(new()
        {
            InvitationAcceptedUrl = "https://example.com/",
            InvitationAcceptedPostData = postData,
            InvitationAcceptedContentType = type,
        }).Warnings);
    }

    [Theory]
    [InlineData("%invitee%")]
    [InlineData("a %network_id%")]
    [InlineData("{{invitor}}")]
    [InlineData("$invitee")]
    public void Warnings_PlaceholderInHeader_NameTheHeaderAndNotItsValue(string value)
    {
        var warning = Assert.Single(InvitationEndpoint.Create(
            new() { InvitationCreatedUrl = All, Headers = { ["X-User"] = "s3cr3t" + value } }).Warnings);

        Assert.StartsWith("Headers:X-User: has a placeholder", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_ContentTypeWithoutPostData_SaysThatItHasNoEffect() => Assert.StartsWith(
        "InvitationCreatedContentType: has no effect without InvitationCreatedPostData",
        Assert.Single(InvitationEndpoint.Create(new() { InvitationCreatedUrl = All, InvitationCreatedContentType = "application/json" }).Warnings),
        StringComparison.Ordinal);
}
