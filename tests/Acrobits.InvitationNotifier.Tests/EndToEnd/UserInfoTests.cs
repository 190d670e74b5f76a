using System.Text;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>User info in a URL becomes Basic authentication (RFC 7617), and nothing else.</summary>
public sealed class UserInfoTests
{
    [Theory]
    [InlineData("user:password", "user:password")]
    [InlineData("user", "user:")]
    [InlineData("user:", "user:")]
    [InlineData(":password", ":password")]
    [InlineData("user:pass:word", "user:pass:word")]
    [InlineData("us%40er:p%2Fa%3Fs%23s", "us@er:p/a?s#s")]
    [InlineData("us@er:p@ss", "us@er:p@ss")]
    [InlineData("user:p%C3%A4ss%E2%82%AC", "user:päss€")]
    [InlineData("üser:päss€", "üser:päss€")]
    [InlineData("user:%F0%9F%98%80", "user:😀")]
    [InlineData("user:100%", "user:100%")]
    [InlineData("user:a%zz+b", "user:a%zz+b")]
    [InlineData("user:a%252Fb", "user:a%2Fb")]
    [InlineData("user:%3A%25%c3%a9", "user::%é")]
    [InlineData("user:%E2%80%AE\u00A0", "user:\u202E\u00A0")]
    public async Task NotifyAsync_UserInfo_IsSentAsBasicAuthenticationInUtf8(string userInfo, string credentials)
    {
        await using var provider = new Provider(Replies.NoContent);
        using var application = Application.Create($"http://{userInfo}@127.0.0.1:{provider.Port}/");

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        var request = Assert.Single(provider.Requests);
        Assert.Contains($"\r\nAuthorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n", request, StringComparison.Ordinal);
        Assert.StartsWith($"GET / HTTP/1.1\r\nHost: 127.0.0.1:{provider.Port}\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_NoUserInfo_SendsNoAuthorization()
    {
        await using var provider = new Provider(Replies.NoContent);
        using var application = Application.Create(provider.Url + "user:password@x");

        await application.NotifyAsync();

        Assert.DoesNotContain("Authorization", Assert.Single(provider.Requests), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task NotifyAsync_RetriedRequest_IsAuthenticatedToo()
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(503), Replies.NoContent));
        using var application = Application.Create(options =>
        {
            options.InvitationCreatedUrl = $"http://user:password@127.0.0.1:{provider.Port}/";
            options.Retry.MaxRetryAttempts = 1;
        });

        await application.NotifyAsync();

        Assert.Equal(2, provider.Requests.Count);
        Assert.All(provider.Requests, request => Assert.Contains("\r\nAuthorization: Basic dXNlcjpwYXNzd29yZA==\r\n", request, StringComparison.Ordinal));
    }
}
