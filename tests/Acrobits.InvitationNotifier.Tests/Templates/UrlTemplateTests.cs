using System.Text;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public class UrlTemplateTests
{
    [Theory]
    [InlineData("https://example.com", "https://example.com/")]
    [InlineData("https://example.com?", "https://example.com/?")]
    [InlineData("https://example.com?a=1", "https://example.com/?a=1")]
    [InlineData("https://example.com/?", "https://example.com/?")]
    [InlineData("https://example.com#f", "https://example.com/")]
    [InlineData("https://example.com/a#f?/%invitee%", "https://example.com/a")]
    [InlineData("https://example.com/?a=1#f", "https://example.com/?a=1")]
    [InlineData("https://example.com/??a=?/../#", "https://example.com/??a=?/../")]
    [InlineData("  https://example.com/a \n", "https://example.com/a")]
    [InlineData("HTTPS://EXAMPLE.com/A", "https://example.com/A")]
    public void CreateRequest_OddUrl_SendsWhatWasMeant(string template, string expected) =>
        Assert.Equal(expected, Expansion.Url(template, "x"));

    [Theory]
    [InlineData("/a/../b/./c//d/")]
    [InlineData("/%2e%2E/%41%7e%2f%5C/")]
    [InlineData("/a;b=c,d:e@f!$&'()*+,;=~_-.")]
    [InlineData("/?a[]=1&b=%zz&c=%&d=/../.")]
    [InlineData("/a%")]
    public void CreateRequest_PathAndQuery_AreNotNormalised(string pathAndQuery)
    {
        using var request = Expansion.Endpoint("https://example.com" + pathAndQuery).CreateRequest(new Invitation("a", "b", "c"));

        Assert.Equal(pathAndQuery, request.RequestUri!.PathAndQuery);
    }

    [Theory]
    [InlineData("/a b/ž?q=a b&ž=\U0001F600", "/a%20b/%C5%BE?q=a%20b&%C5%BE=%F0%9F%98%80")]
    [InlineData("/\"<>{}|\\^`?\"<>{}|\\^`", "/%22%3C%3E%7B%7D%7C%5C%5E%60?%22%3C%3E%7B%7D%7C%5C%5E%60")]
    [InlineData("/\u00A0\u2028\uFEFFx", "/%C2%A0%E2%80%A8%EF%BB%BFx")]
    public void CreateRequest_TextThatNoUrlCanHold_IsPercentEncoded(string template, string expected) =>
        Assert.Equal("https://example.com" + expected, Expansion.Url("https://example.com" + template, "x"));

    [Theory]
    [InlineData("+420", "%2B420")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a?b#c", "a%3Fb%23c")]
    [InlineData("a&b=c;d", "a%26b%3Dc%3Bd")]
    [InlineData("100%", "100%25")]
    [InlineData("%2F", "%252F")]
    [InlineData("ž\U0001F600", "%C5%BE%F0%9F%98%80")]
    [InlineData("a\r\nb\0", "a%0D%0Ab%00")]
    [InlineData("AZaz09-._~", "AZaz09-._~")]
    [InlineData("!$'()*,:@[]\\", "%21%24%27%28%29%2A%2C%3A%40%5B%5D%5C")]
    public void CreateRequest_Value_IsEncodedButForUnreservedCharacters(string value, string expected) =>
        Assert.Equal(
            $"https://example.com/{expected}?{expected}",
            Expansion.Url("https://example.com/%invitee%?%invitee%", value));

    [Theory]
    [InlineData("http://example.com:80/", "example.com", 80)]
    [InlineData("http://example.com:8080/", "example.com:8080", 8080)]
    [InlineData("https://example.com:443/", "example.com", 443)]
    [InlineData("https://example.com:80/", "example.com:80", 80)]
    [InlineData("https://example.com:/", "example.com", 443)]
    [InlineData("https://example.com:65535/", "example.com:65535", 65535)]
    [InlineData("https://[2001:DB8::0:1]/", "[2001:db8::1]", 443)]
    [InlineData("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443", 8443)]
    [InlineData("http://192.0.2.1:81", "192.0.2.1:81", 81)]
    [InlineData("https://Bücher.example/", "xn--bcher-kva.example", 443)]
    [InlineData("https://правда.рф:8443/ž", "xn--80aafi6cg.xn--p1ai:8443", 8443)]
    [InlineData("https://my_host-1.example./", "my_host-1.example.", 443)]
    public void CreateRequest_Host_GoesOutInAscii(string template, string host, int port)
    {
        using var request = Expansion.Endpoint(template).CreateRequest(new Invitation("a", "b", "c"));

        Assert.Equal(host, request.RequestUri!.Authority);
        Assert.Equal(port, request.RequestUri.Port);
        Assert.StartsWith($"{request.RequestUri.Scheme}://{host}/", request.RequestUri.AbsoluteUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://user:password@example.com/", "user:password")]
    [InlineData("https://user@example.com/", "user:")]
    [InlineData("https://user:@example.com/", "user:")]
    [InlineData("https://:key@example.com/", ":key")]
    [InlineData("https://u%40x:p%3A%2F%C5%BE@example.com/", "u@x:p:/ž")]
    [InlineData("https://user:a:b@c@example.com:8443/?q=x@y", "user:a:b@c")]
    [InlineData("https://cafe12:bad0@example.com/", "cafe12:bad0")]
    [InlineData("https://a%:b%4@example.com/", "a%:b%4")]
    [InlineData("https://%41:100%@example.com/", "A:100%")]
    public void CreateRequest_UserInfo_BecomesBasicAuthentication(string template, string expected)
    {
        using var request = Expansion.Endpoint(template).CreateRequest(new Invitation("a", "b", "c"));

        Assert.Equal("Basic", request.Headers.Authorization!.Scheme);
        Assert.Equal(expected, Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization.Parameter!)));
        Assert.Equal("", request.RequestUri!.UserInfo);
        Assert.Equal("example.com", request.RequestUri.Host);
    }

    [Fact]
    public void CreateRequest_NothingBeforeTheAtSign_IsNoUserInfo()
    {
        using var request = Expansion.Endpoint("https://@example.com/").CreateRequest(new Invitation("a", "b", "c"));

        Assert.Null(request.Headers.Authorization);
        Assert.Equal("https://example.com/", request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void CreateRequest_AtSignInPathOrQuery_IsNoUserInfo()
    {
        using var request = Expansion.Endpoint("https://example.com/@a:b@c?d@e").CreateRequest(new Invitation("a", "b", "c"));

        Assert.Null(request.Headers.Authorization);
        Assert.Equal("/@a:b@c?d@e", request.RequestUri!.PathAndQuery);
    }
}
