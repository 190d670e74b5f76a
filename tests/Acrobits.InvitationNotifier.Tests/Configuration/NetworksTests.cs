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

    [Theory]
    [InlineData("mynetwork", "MyNetwork")]
    [InlineData("mynetwork", "MYNETWORK")]
    [InlineData("M\u0131ne", "mine")]
    [InlineData("M\u0131ne", "MINE")]
    [InlineData("mine", "M\u0130NE")]
    [InlineData("caf\u00e9", "CAF\u00c9")]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("cafe\u0301", "CAF\u00c9")]
    public async Task NotifyAsync_IdDiffersInCaseAlone_GetsNothingAndAWarning(string configured, string networkId)
    {
        using var notifier = new MockedNotifier(options =>
        {
            options.InvitationCreatedUrl = "https://default.example/";
            options.Networks[configured] = new() { InvitationCreatedUrl = "https://mine.example/" };
        });

        for (var i = 0; i < 3; i++)
        {
            var result = await notifier.NotifyAsync(networkId);
            Assert.Equal((NotificationOutcome.NotConfigured, 0), (result.Outcome, result.Attempts));
        }

        Assert.Empty(notifier.Urls);
        Assert.Equal("https://mine.example/", await notifier.UrlOfAsync(configured));
        Assert.Equal("https://default.example/", await notifier.UrlOfAsync("other"));
        var record = Assert.Single(notifier.Logged(24));
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, record.Level);
        Assert.Contains(networkId, record.Message, StringComparison.Ordinal);
        Assert.Contains(configured, record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_ConfiguredIdsThatDifferInCase_AreExactAndAThirdGetsNothing()
    {
        using var notifier = new MockedNotifier(options =>
        {
            options.InvitationCreatedUrl = "https://default.example/";
            options.Networks["net"] = new() { InvitationCreatedUrl = "https://lower.example/" };
            options.Networks["NET"] = new() { InvitationCreatedUrl = "https://upper.example/" };
        });

        Assert.Equal("https://lower.example/", await notifier.UrlOfAsync("net"));
        Assert.Equal("https://upper.example/", await notifier.UrlOfAsync("NET"));
        Assert.Null(await notifier.UrlOfAsync("Net"));
    }

    [Fact]
    public async Task NotifyAsync_ManyMadeUpSpellings_AreOneWarning()
    {
        using var notifier = new MockedNotifier(options => options.Networks["abcdefghij"] = new() { InvitationCreatedUrl = "https://mine.example/" });

        for (var i = 1; i < 1024; i++)
        {
            var spelling = string.Concat("abcdefghij".Select((letter, at) => (i >> at & 1) == 1 ? char.ToUpperInvariant(letter) : letter));
            Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.NotifyAsync(spelling)).Outcome);
        }

        Assert.Single(notifier.Logged(24));
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
