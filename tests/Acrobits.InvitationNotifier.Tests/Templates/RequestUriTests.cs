namespace Acrobits.InvitationNotifier.Tests.Templates;

/// <summary>Handlers and instrumentation read the URL of a request in many ways.</summary>
public class RequestUriTests
{
    [Theory]
    [InlineData("/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%")]
    [InlineData("/%invitee%/%invitor%.%network_id%")]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("//a//b/?c=/../d&e[]=1;2'(3)*!$@:,~")]
    [InlineData("/a%2fb%5C%25%20%C5%BE/.b/c../...?%2F%3f")]
    [InlineData("/ž ě?\"<>{}|\\^`")]
    public void RequestUri_UrlThatTheFrameworkLeavesAsItIs_CanBeReadInEveryWay(string template)
    {
        using var request = Expansion.Endpoint("https://example.com" + template).CreateRequest(new Invitation("+1 č/?#[]%41", "~-._", "a;b"));
        var uri = request.RequestUri!;

        foreach (var components in Enum.GetValues<UriComponents>())
        {
            foreach (var format in Enum.GetValues<UriFormat>())
            {
                _ = uri.GetComponents(components, format);
            }
        }

        Assert.Equal(uri.AbsoluteUri, uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        Assert.Equal(uri.PathAndQuery, uri.GetComponents(UriComponents.PathAndQuery, UriFormat.UriEscaped));
        Assert.Equal(uri.AbsoluteUri, new UriBuilder(uri).Uri.AbsoluteUri);
        CheckReaders(uri);
    }

    // The framework refuses to canonicalise what it was told to leave as it is: Uri.GetComponents throws by design.
    [Theory]
    [InlineData("/a/../b")]
    [InlineData("/a/%2e%2E/b?%invitee%")]
    [InlineData("/%7Ea/%41")]
    [InlineData("/%foo%")]
    [InlineData("/?q=100%")]
    [InlineData("/%c5%be")]
    [InlineData("/a%invitee%?b%4%invitee%")]
    public void RequestUri_UrlThatTheFrameworkWouldChange_CanBeReadAsItIsSent(string template)
    {
        using var request = Expansion.Endpoint("https://example.com" + template).CreateRequest(new Invitation("1", "b", "c"));
        var uri = request.RequestUri!;

        Assert.Equal(template.Replace("%invitee%", "1", StringComparison.Ordinal), uri.PathAndQuery);
        Assert.Equal("https://example.com" + uri.PathAndQuery, uri.AbsoluteUri);
        Assert.Equal("https://example.com", uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));
        Assert.Throws<InvalidOperationException>(() => uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        CheckReaders(uri);
    }

    private static void CheckReaders(Uri uri)
    {
        Assert.Equal(uri.PathAndQuery, uri.AbsolutePath + uri.Query);
        Assert.Equal(uri.AbsolutePath, string.Concat(uri.Segments));
        Assert.Equal("https://example.com", uri.GetLeftPart(UriPartial.Authority));
        Assert.Equal("https://example.com/x", new Uri(uri, "/x").AbsoluteUri);
        Assert.Equal("https://example.com/", new UriBuilder(uri) { Path = "/", Query = "" }.Uri.AbsoluteUri);
        Assert.Equal(("", "", "example.com", "example.com"), (uri.Fragment, uri.UserInfo, uri.IdnHost, uri.DnsSafeHost));
        Assert.StartsWith("https://example.com/", uri.ToString(), StringComparison.Ordinal);
        _ = (uri.LocalPath, uri.GetHashCode(), uri.IsBaseOf(uri), uri.MakeRelativeUri(uri), uri.IsWellFormedOriginalString());
    }
}
