namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class NetworksTests
{
    [Theory]
    [InlineData("mine", "https://mine.example/")]
    [InlineData("Mine", null)]
    [InlineData("mine ", "https://default.example/")]
    [InlineData("other", "https://default.example/")]
    [InlineData("empty", null)]
    [InlineData("nothing", null)]
    [InlineData("blank", null)]
    public async Task NotifyAsync_Network_GoesToItsOwnServiceElseToTheDefault(string networkId, string? expected)
    {
        using var notifier = new MockedNotifier(Settings.FromJson(
            """
            {
              "InvitationCreatedUrl": "https://default.example/",
              "Networks": {
                "mine": { "InvitationCreatedUrl": "https://mine.example/" },
                "empty": {}, "nothing": null, "blank": { "InvitationCreatedUrl": " " }
              }
            }
            """));

        Assert.Equal(expected, await notifier.UrlOfAsync(networkId));
    }

    [Fact]
    public async Task NotifyAsync_NetworkIdsThatDifferInCase_AreTwoNetworks()
    {
        using var notifier = new MockedNotifier(options =>
        {
            options.Networks["a"] = new() { InvitationCreatedUrl = "https://lower.example/" };
            options.Networks["A"] = new() { InvitationCreatedUrl = "https://upper.example/" };
            options.Networks["\u00e9"] = new() { InvitationCreatedUrl = "https://composed.example/" };
        });

        Assert.Equal("https://lower.example/", await notifier.UrlOfAsync("a"));
        Assert.Equal("https://upper.example/", await notifier.UrlOfAsync("A"));
        Assert.Null(await notifier.UrlOfAsync("e\u0301"));
    }

    [Fact]
    public async Task NotifyAsync_NetworkWithOwnService_InheritsNothing()
    {
        using var notifier = new MockedNotifier(Settings.FromJson(
            """
            {
              "InvitationCreatedUrl": "https://user:password@default.example/",
              "InvitationCreatedPostData": "a=1",
              "InvitationCreatedContentType": "application/x-www-form-urlencoded",
              "Headers": { "X-Api-Key": "secret" },
              "UserAgent": "Server/2",
              "Networks": { "mine": { "InvitationCreatedUrl": "https://mine.example/" } }
            }
            """));

        await notifier.NotifyAsync("mine");
        Assert.Equal(["Connection", "Cache-Control", "User-Agent"], notifier.Headers.Keys);
        Assert.Equal("Server/2", notifier.Headers["User-Agent"]);

        await notifier.NotifyAsync("other");
        Assert.Equal("secret", notifier.Headers["X-Api-Key"]);
    }

    [Fact]
    public async Task NotifyAsync_NoServiceAtAll_IsNotConfigured()
    {
        using var notifier = new MockedNotifier(Settings.From());

        var result = await notifier.NotifyAsync();

        Assert.Equal(NotificationOutcome.NotConfigured, result.Outcome);
        Assert.Equal(0, result.Attempts);
        Assert.Empty(notifier.Urls);
    }
}
