using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>Which headers leave beside the documented ones: those that were asked for.</summary>
public sealed class RequestHeaderTests
{
    [Fact]
    public async Task NotifyAsync_CustomHeaders_FollowTheDocumentedOnes()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);

        await SendAsync(provider, options =>
        {
            options.InvitationCreatedPostData = "a=b";
            options.Headers = new Dictionary<string, string>
            {
                ["X-Api-Key"] = "s3cret, \"quoted\"; a=b",
                ["x-Empty"] = "",
                ["Accept"] = "*/*",
            };
        });

        Assert.Equal(
            Answers.Lines(
                "POST / HTTP/1.1",
                $"Host: {provider.Authority}",
                "Connection: close",
                "Cache-Control: max-age=0",
                "User-Agent: Sync Server 1.1",
                "X-Api-Key: s3cret, \"quoted\"; a=b",
                "x-Empty: ",
                "Accept: */*",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: 3") + "a=b",
            Assert.Single(provider.Requests));
    }

    [Fact]
    public async Task NotifyAsync_HeadersReplaceUserAgentAndCacheControl_InTheirPlaces()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);

        await SendAsync(provider, options => options.Headers = new Dictionary<string, string>
        {
            ["user-agent"] = "mine/1 (x; y) z",
            ["Cache-Control"] = "no-store",
        });

        Assert.Equal(
            Answers.Lines(
                "GET / HTTP/1.1",
                $"Host: {provider.Authority}",
                "Connection: close",
                "Cache-Control: no-store",
                "User-Agent: mine/1 (x; y) z"),
            Assert.Single(provider.Requests));
    }

    [Theory]
    [InlineData("jon:sn%3Aow%40", "Basic am9uOnNuOm93QA==")]
    [InlineData("jon", "Basic am9uOg==")]
    [InlineData("ji%C5%99%C3%AD:ř", "Basic amnFmcOtOsWZ")]
    public async Task NotifyAsync_UserInfo_BecomesBasicAuthentication(string userInfo, string expected)
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);

        await SendAsync(provider, options => options.InvitationCreatedUrl = $"http://{userInfo}@{provider.Authority}/a?b");

        Assert.Equal(
            Answers.Lines(
                "GET /a?b HTTP/1.1",
                $"Host: {provider.Authority}",
                "Connection: close",
                "Cache-Control: max-age=0",
                "User-Agent: Sync Server 1.1",
                $"Authorization: {expected}"),
            Assert.Single(provider.Requests));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_ProviderSetsCookies_NoneIsSentBack(bool reuseConnections)
    {
        await using var provider = RawProvider.Answering(
            Answers.Lines("HTTP/1.1 204 No Content", "Set-Cookie: id=1; Path=/", "Set-Cookie2: id=2"));
        await using var host = NotifierHost.Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url("/");
            options.ReuseConnections = reuseConnections;
        });

        await host.NotifyAsync();
        await host.NotifyAsync();

        Assert.Equal(2, provider.Requests.Count);
        Assert.Equal(provider.Requests[0], provider.Requests[1]);
        Assert.DoesNotContain("cookie", provider.Requests[1], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task NotifyAsync_ContentTypeNamesUtf8_LeavesAsWritten()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);

        await SendAsync(provider, options =>
        {
            options.InvitationCreatedPostData = "{}";
            options.InvitationCreatedContentType = "Application/JSON;charset=UTF-8";
        });

        Assert.Contains("\r\nContent-Type: Application/JSON;charset=UTF-8\r\n", Assert.Single(provider.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_BlankPostData_IsGetWithoutContent()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);

        await SendAsync(provider, options =>
        {
            options.InvitationCreatedPostData = " \n";
            options.InvitationCreatedContentType = "application/json";
        });

        var request = Assert.Single(provider.Requests);
        Assert.StartsWith("GET / HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\nUser-Agent: Sync Server 1.1\r\n\r\n", request, StringComparison.Ordinal);
    }

    private static async Task SendAsync(RawProvider provider, Action<InvitationNotifierOptions> configure)
    {
        await using var host = NotifierHost.Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url("/");
            configure(options);
        });

        var result = await host.NotifyAsync();
        await provider.UntilAllHungUpAsync();

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
    }
}
