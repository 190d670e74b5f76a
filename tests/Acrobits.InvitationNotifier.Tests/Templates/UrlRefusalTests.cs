namespace Acrobits.InvitationNotifier.Tests.Templates;

public class UrlRefusalTests
{
    [Theory]
    [InlineData("%invitee%://example.com/", "character 1: %invitee% is in the scheme")]
    [InlineData("http%invitee%://example.com/", "character 5: %invitee% is in the scheme")]
    [InlineData("https://%invitor%:secret@example.com/", "character 9: %invitor% is in the user info")]
    [InlineData("https://secret:%invitee%@example.com/", "character 16: %invitee% is in the user info")]
    [InlineData("https://%network_id%.example.com/", "character 9: %network_id% is in the host")]
    [InlineData("https://%network_id%", "character 9: %network_id% is in the host")]
    [InlineData("https://example.com:%invitee%/", "character 21: %invitee% is in the port")]
    [InlineData("https://[::1]:%invitee%/", "character 15: %invitee% is in the port")]
    [InlineData("https://[%invitee%::1]/", "character 10: %invitee% is in the host")]
    public void Create_PlaceholderBeforeThePath_IsRefused(string url, string expected)
    {
        var problem = Assert.Single(Expansion.Refusals(url));

        Assert.Equal($"InvitationCreatedUrl: {expected}. Move it to the path or the query.", problem);
    }

    [Fact]
    public void Create_SeveralPlaceholdersBeforeThePath_AreAllRefused() =>
        Assert.Equal(3, Expansion.Refusals("https://%invitee%:%invitor%@%network_id%/%invitee%").Count);

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ws://example.com/")]
    [InlineData("x-http://example.com/")]
    [InlineData("ht tp://example.com/")]
    public void Create_SchemeOtherThanHttp_IsRefused(string url) =>
        Assert.Contains("neither http nor https", Assert.Single(Expansion.Refusals(url)), StringComparison.Ordinal);

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("/invitation/?invitee=%invitee%")]
    [InlineData("//example.com/")]
    [InlineData("://example.com/")]
    [InlineData("example.com")]
    [InlineData("example.com/?u=https://example.com")]
    [InlineData("https:example.com")]
    [InlineData("https:/example.com/")]
    [InlineData("https:\\\\example.com\\")]
    [InlineData("mailto:a@example.com")]
    public void Create_NoAbsoluteUrl_IsRefusedWithAnExample(string url)
    {
        var problem = Assert.Single(Expansion.Refusals(url));

        Assert.StartsWith("InvitationCreatedUrl: is not an absolute URL", problem, StringComparison.Ordinal);
        Assert.Contains("https://example.com/", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https:///path")]
    [InlineData("https://?a")]
    [InlineData("https://:443/")]
    [InlineData("https://user@/")]
    [InlineData("https://example.com:0/")]
    [InlineData("https://example.com:65536/")]
    [InlineData("https://example.com:-1/")]
    [InlineData("https://example.com:https/")]
    [InlineData("https://exa mple.com/")]
    [InlineData("https://example.com\\evil/")]
    [InlineData("https://example.com%2Fevil/")]
    [InlineData("https://[::1/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://::1/")]
    [InlineData("https://a..b/")]
    [InlineData("https://{host}/")]
    public void Create_HostOrPortNotValid_IsRefused(string url) =>
        Assert.Contains("host or port is not valid", Assert.Single(Expansion.Refusals(url)), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://example.com/a\nb", 22)]
    [InlineData("https://example.com/\t", 21, "x")]
    [InlineData("  https://example.com/\0x", 23)]
    [InlineData("https://exam\u0001ple.com/", 13)]
    [InlineData("https://us\rer@example.com/", 11)]
    [InlineData("\u0001https://example.com/", 1)]
    [InlineData("\u007Fhttps://example.com/", 1)]
    [InlineData("https://example.com/?\u007F", 22)]
    [InlineData("https://example.com/?\u0085x", 22)]
    public void Create_ControlCharacter_IsRefusedWithItsPosition(string url, int position, string rest = "") =>
        Assert.Equal(
            $"InvitationCreatedUrl: character {position}: a control character. Remove it, or percent-encode it.",
            Assert.Single(Expansion.Refusals(url + rest)));

    [Theory]
    [InlineData("\uFEFFhttps://example.com/", 1)]
    [InlineData(" \uFEFFhttps://example.com/", 2)]
    public void Create_ByteOrderMark_IsRefusedWithItsPosition(string url, int position) =>
        Assert.Equal($"InvitationCreatedUrl: character {position}: a byte order mark. Remove it.", Assert.Single(Expansion.Refusals(url)));

    [Theory]
    [InlineData("https://2001:db8::1/")]
    [InlineData("https://::1/")]
    [InlineData("https://2001:db8::1:8443/")]
    public void Create_IPv6AddressWithoutBrackets_IsRefusedWithTheRemedy(string url) =>
        Assert.EndsWith("Write an IPv6 address in brackets, such as [2001:db8::1].", Assert.Single(Expansion.Refusals(url)), StringComparison.Ordinal);

    [Fact]
    public void Create_UnpairedSurrogate_IsRefused() =>
        Assert.Contains("unpaired surrogate", Assert.Single(Expansion.Refusals("https://example.com/\uD83D")), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    public void Create_NoUrl_IsRefused(string? url) =>
        Assert.Equal(
            "InvitationCreatedUrl: is missing. Set it, or InvitationAcceptedUrl, to the URL of the web service.",
            Assert.Single(Expansion.Refusals(url)));

    [Theory]
    [InlineData("us%3Aer:pass")]
    [InlineData("us%3aer")]
    [InlineData("%3A")]
    public void Create_ColonInUserName_IsRefused(string userInfo) => CheckUserInfo(
        userInfo, "the user name has a colon, which Basic authentication cannot carry (RFC 7617, section 2). Use a user name without one");

    [Theory]
    [InlineData("us%0Aer:pass")]
    [InlineData("user:pass%0d%0a")]
    [InlineData("user:%00")]
    [InlineData("%09user:pass")]
    [InlineData("user:%7F")]
    [InlineData("user:%C2%85")]
    [InlineData("%C2%9Fuser")]
    public void Create_ControlCharacterInUserInfo_IsRefused(string userInfo) => CheckUserInfo(
        userInfo, "the user info has a control character, which Basic authentication cannot carry (RFC 7617, section 2). Remove it");

    [Theory]
    [InlineData("user:%FF")]
    [InlineData("us%C3er:pass")]
    [InlineData("user:%C3(")]
    [InlineData("user:%C3\u00A9")]
    [InlineData("user:%ED%A0%80")]
    [InlineData("user:%C0%AF")]
    [InlineData("user:p%E4ss")]
    public void Create_UserInfoNotInUtf8_IsRefused(string userInfo) => CheckUserInfo(
        userInfo, "the user info has percent-encoded bytes that are not UTF-8. Encode its text as UTF-8");

    [Theory]
    [InlineData("good.example\\")]
    [InlineData("user:pass\\word")]
    [InlineData("\\")]
    public void Create_BackslashInUserInfo_IsRefused(string userInfo) => CheckUserInfo(
        userInfo, "the user info has a backslash. Percent-encode it: %5C");

    private static void CheckUserInfo(string userInfo, string expected) =>
        Assert.Equal($"InvitationCreatedUrl: character 10: {expected}.", Assert.Single(Expansion.Refusals($" https://{userInfo}@example.com/")));
}
