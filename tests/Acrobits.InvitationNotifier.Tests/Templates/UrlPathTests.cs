namespace Acrobits.InvitationNotifier.Tests.Templates;

public class UrlPathTests
{
    [Theory]
    [InlineData("/a/%invitee%", "..")]
    [InlineData("/a/%invitee%", ".")]
    [InlineData("/a/%invitee%/b", "..")]
    [InlineData("/%invitee%?x=1", "..")]
    [InlineData("/a/.%invitee%", ".")]
    [InlineData("/a/%invitee%./b", ".")]
    [InlineData("/a/%2e%invitee%", ".")]
    [InlineData("/a/%invitee%%2E", ".")]
    [InlineData("/a/%invitee%%invitee%", ".")]
    [InlineData("/a/%2%invitee%", "e")]
    [InlineData("/a/.%2%invitee%", "E")]
    [InlineData("/../a/%invitee%", "..")]
    [InlineData("/a/%invitee%#f", "..")]
    [InlineData("/a/%invitee%", "../b")]
    [InlineData("/a/%invitee%", "b/..")]
    [InlineData("/a/%invitee%", "b/./c")]
    [InlineData("/a/%invitee%", "b\\..\\..\\c")]
    [InlineData("/a/x%invitee%", "/..")]
    [InlineData("/a/..%2%invitee%b", "f")]
    public void CreateRequest_ValueMakesDotSegment_IsUnrepresentable(string path, string value)
    {
        var endpoint = Expansion.Endpoint("https://example.com" + path);

        var exception = Assert.Throws<FormatException>(() => endpoint.CreateRequest(new Invitation(value, "john", "net")));

        Assert.Contains("path", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("example.com", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/%invitee%", "...", "/a/...")]
    [InlineData("/a/%invitee%", "..b/.c", "/a/..b%2F.c")]
    [InlineData("/a/%invitee%", "%2e%2e", "/a/%252e%252e")]
    [InlineData("/a/%invitee%", ".. ", "/a/..%20")]
    [InlineData("/a/%invitee%", "..x\\", "/a/..x%5C")]
    [InlineData("/a/x%invitee%", "../b", "/a/x..%2Fb")]
    [InlineData("/a\\..\\%invitee%", "b", "/a%5C..%5Cb")]
    [InlineData("/a/x%invitee%", "..", "/a/x..")]
    [InlineData("/a/.%invitee%", "..", "/a/...")]
    [InlineData("/a/../%invitee%", "b", "/a/../b")]
    [InlineData("/a?/%invitee%/", "..", "/a?/../")]
    public void CreateRequest_NoNewDotSegment_IsSent(string path, string value, string expected)
    {
        using var request = Expansion.Endpoint("https://example.com" + path).CreateRequest(new Invitation(value, "john", "net"));

        Assert.Equal(expected, request.RequestUri!.PathAndQuery);
    }

    [Fact]
    public void CreateRequest_TwoValues_MakeNoDotSegmentTogether()
    {
        var endpoint = Expansion.Endpoint("https://example.com/a/%invitee%%invitor%");

        Assert.Throws<FormatException>(() => endpoint.CreateRequest(new Invitation(".", ".", "net")));
    }
}
