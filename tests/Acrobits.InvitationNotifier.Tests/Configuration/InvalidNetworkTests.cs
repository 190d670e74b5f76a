using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>One network's mistake in a changed configuration is its own.</summary>
public sealed class InvalidNetworkTests
{
    private const int Reloaded = 20;
    private const int Invalid = 21;
    private const int Mended = 23;

    private readonly IConfigurationRoot _configuration = Settings.From(
        ("InvitationCreatedUrl", "https://default.example/"),
        ("Networks:bad:InvitationCreatedUrl", "https://bad.example/"),
        ("Networks:good:InvitationCreatedUrl", "https://good.example/"));

    [Theory]
    [InlineData("Networks:bad:InvitationCreatedUrl", "ftp://s3cr3t.example/")]
    [InlineData("Networks:bad:Typo", "s3cr3t")]
    [InlineData("Networks:bad", "https://s3cr3t.example/")]
    [InlineData("Networks:bad:SendIdempotencyKey", "s3cr3t")]
    [InlineData("Networks:bad:Headers:Host", "s3cr3t")]
    [InlineData("Networks:bad:InvitationCreatedPostData:x", "s3cr3t")]
    [InlineData("Networks:bad:InvitationCreatedContentType", "s3cr3t/plain")]
    public async Task Reload_OneNetworkIsInvalid_KeepsItsSettingsAndTakesTheOthers(string key, string value)
    {
        using var notifier = new MockedNotifier(_configuration);
        await notifier.NotifyAsync();

        Reload((key, value), ("Networks:good:InvitationCreatedUrl", "https://better.example/"), ("UserAgent", "Server/2"));
        Reload();

        Assert.Equal("https://bad.example/", await notifier.UrlOfAsync("bad"));
        Assert.Equal("https://better.example/", await notifier.UrlOfAsync("good"));
        Assert.Equal("https://default.example/", await notifier.UrlOfAsync("other"));
        Assert.Equal("Server/2", notifier.Headers["User-Agent"]);
        var record = Assert.Single(notifier.Logged(Invalid));
        Assert.Equal(LogLevel.Error, record.Level);
        Assert.Contains("Networks:bad", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", record.Message, StringComparison.Ordinal);
        Assert.NotEmpty(notifier.Logged(Reloaded));
    }

    [Theory]
    [InlineData("Networks:new:InvitationCreatedUrl", "nonsense")]
    [InlineData("Networks:new", "nonsense")]
    public async Task Reload_NewNetworkIsInvalid_GetsNothingNotTheDefault(string key, string value)
    {
        using var notifier = new MockedNotifier(_configuration);
        Assert.Equal("https://default.example/", await notifier.UrlOfAsync("new"));

        Reload((key, value));

        Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.NotifyAsync("new")).Outcome);
        Assert.Contains("Networks:new", Assert.Single(notifier.Logged(Invalid)).Message, StringComparison.Ordinal);
        Assert.Equal("https://good.example/", await notifier.UrlOfAsync("good"));
    }

    [Fact]
    public async Task Reload_InvalidNetworkIsMended_TakesEffectAndSaysSoOnce()
    {
        using var notifier = new MockedNotifier(_configuration);
        await notifier.NotifyAsync();

        Reload(("Networks:bad:InvitationCreatedUrl", "nonsense"));
        Reload(("Networks:good:InvitationCreatedUrl", "https://better.example/"));
        Assert.Empty(notifier.Logged(Mended));
        Reload(("Networks:bad:InvitationCreatedUrl", "https://mended.example/"));
        Reload();

        Assert.Equal("https://mended.example/", await notifier.UrlOfAsync("bad"));
        Assert.Single(notifier.Logged(Invalid));
        Assert.Contains("bad", Assert.Single(notifier.Logged(Mended)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_CommonSettingsAndANetworkAreInvalid_KeepsTheWholeLastGoodConfiguration()
    {
        using var notifier = new MockedNotifier(_configuration);
        await notifier.NotifyAsync();

        Reload(
            ("MaxConcurrentRequests", "0"), ("Networks:bad:InvitationCreatedUrl", "nonsense"),
            ("Networks:good:InvitationCreatedUrl", "https://better.example/"));

        Assert.Equal("https://good.example/", await notifier.UrlOfAsync("good"));
        var message = Assert.Single(notifier.Logged(Invalid)).Message;
        Assert.Contains("MaxConcurrentRequests: ", message, StringComparison.Ordinal);
        Assert.Contains("Networks:bad:InvitationCreatedUrl: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_InvalidNetworkIsRemoved_FallsBackToTheDefault()
    {
        var file = new ChangingJson(
            """
            { "InvitationCreatedUrl": "https://default.example/", "Networks": {
                "bad": { "InvitationCreatedUrl": "https://bad.example/" }, "good": { "InvitationCreatedUrl": "https://good.example/" } } }
            """);
        using var notifier = new MockedNotifier(file.Configuration);
        await notifier.NotifyAsync();

        file.Change("""{ "InvitationCreatedUrl": "https://default.example/", "Networks": { "good": { "InvitationCreatedUrl": "https://good.example/" } } }""");

        Assert.Equal("https://default.example/", await notifier.UrlOfAsync("bad"));
        Assert.Empty(notifier.Logged(Invalid));
    }

    [Fact]
    public async Task Reload_NetworkThatWasInvalidIsRemoved_IsNotSaidToBeMended()
    {
        const string Good = """{ "Networks": { "good": { "InvitationCreatedUrl": "https://good.example/" } } }""";
        var file = new ChangingJson(Good);
        using var notifier = new MockedNotifier(file.Configuration);
        await notifier.NotifyAsync();

        file.Change("""{ "Networks": { "good": { "InvitationCreatedUrl": "https://good.example/" }, "new": { "InvitationCreatedUrl": "nonsense" } } }""");
        file.Change(Good);

        Assert.Single(notifier.Logged(Invalid));
        Assert.Empty(notifier.Logged(Mended));
    }

    [Fact]
    public async Task Reload_ThousandsOfNetworksAreInvalid_IsOneMessageOfBoundedLength()
    {
        using var notifier = new MockedNotifier(_configuration);
        await notifier.NotifyAsync();

        Reload([.. Enumerable.Range(0, 3_000).Select(i => ($"Networks:n{i}:Typo", "1"))]);

        Assert.Equal("https://good.example/", await notifier.UrlOfAsync("good"));
        var message = Assert.Single(notifier.Logged(Invalid)).Message;
        Assert.Contains("and 2900 more.", message, StringComparison.Ordinal);
        Assert.True(message.Length < 30_000);
    }

    [Fact]
    public async Task StartAsync_OneNetworkIsInvalid_FailsTheStart()
    {
        _configuration["Networks:bad:InvitationCreatedUrl"] = "nonsense";
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddInvitationNotifier(_configuration);
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("Networks:bad:InvitationCreatedUrl: ", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    private void Reload(params (string Key, string Value)[] changes)
    {
        foreach (var (key, value) in changes)
        {
            _configuration[key] = value;
        }

        _configuration.Reload();
    }
}
