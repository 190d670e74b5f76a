using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Templates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>An application's own part in the options, and its view of them.</summary>
public sealed class OptionsTests
{
    private readonly IConfigurationRoot _configuration = Settings.From(("InvitationCreatedUrl", "https://one.example/"));

    [Fact]
    public async Task Monitor_Reload_HasTheOptionsInForce()
    {
        using var notifier = new MockedNotifier(_configuration);
        var monitor = notifier.Services.GetRequiredService<IOptionsMonitor<InvitationNotifierOptions>>();
        var seen = new List<string?>();
        using var subscription = monitor.OnChange(options => seen.Add(options.UserAgent));
        Assert.Equal("Sync Server 1.1", monitor.CurrentValue.UserAgent);

        Reload("UserAgent", "Server/2");
        Assert.Equal("Server/2", monitor.CurrentValue.UserAgent);
        Reload("UserAgent", "");
        Assert.Equal("Server/2", monitor.CurrentValue.UserAgent);

        Assert.Equal(["Server/2"], seen);
        await notifier.NotifyAsync();
        Assert.Equal("Server/2", notifier.Headers["User-Agent"]);
    }

    [Fact]
    public void Monitor_SubscriptionEnded_IsSilent()
    {
        using var notifier = new MockedNotifier(_configuration);
        var monitor = notifier.Services.GetRequiredService<IOptionsMonitor<InvitationNotifierOptions>>();
        _ = monitor.CurrentValue;
        var seen = 0;
        monitor.OnChange(_ => seen++)!.Dispose();

        Reload("UserAgent", "Server/2");

        Assert.Equal(0, seen);
    }

    [Fact]
    public void Options_OfAnApplication_AreThoseOfTheStart()
    {
        using var notifier = new MockedNotifier(_configuration);

        Assert.Equal("https://one.example/", notifier.Services.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value.InvitationCreatedUrl);
    }

    [Fact]
    public async Task PostConfigure_OfTheApplication_TakesPartInReloads()
    {
        using var notifier = new MockedNotifier(_configuration, services => services
            .PostConfigure<InvitationNotifierOptions>(options => options.InvitationCreatedUrl += "?post"));
        Assert.Equal("https://one.example/?post", await notifier.UrlOfAsync());

        Reload("InvitationCreatedUrl", "https://two.example/");

        Assert.Equal("https://two.example/?post", await notifier.UrlOfAsync());
    }

    [Fact]
    public async Task PostConfigure_ThrowsInAReload_IsLoggedByItsKindAlone()
    {
        var fails = false;
        using var notifier = new MockedNotifier(_configuration, services => services.PostConfigure<InvitationNotifierOptions>(_ =>
        {
            if (fails)
            {
                throw new InvalidOperationException("s3cr3t");
            }
        }));
        await notifier.NotifyAsync();

        fails = true;
        Reload("InvitationCreatedUrl", "https://two.example/");

        Assert.Equal("https://one.example/", await notifier.UrlOfAsync());
        var message = Assert.Single(notifier.Logged(21)).Message;
        Assert.Contains(nameof(InvalidOperationException), message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configure_ASectionOfTheApplication_IsFollowed()
    {
        // The framework's own way to bind a section, beside ours.
        using var notifier = new MockedNotifier(
            options => options.InvitationCreatedUrl = "https://code.example/",
            services => services.Configure<InvitationNotifierOptions>(_configuration));
        Assert.Equal("https://one.example/", await notifier.UrlOfAsync());

        Reload("InvitationCreatedUrl", "https://two.example/");

        Assert.Equal("https://two.example/", await notifier.UrlOfAsync());
    }

    [Fact]
    public async Task Validate_OfTheApplication_IsListedWithOurs()
    {
        using var notifier = new MockedNotifier(
            options => options.MaxConcurrentRequests = 0,
            services => services.AddOptions<InvitationNotifierOptions>().Validate(_ => false, "The application's own rule."));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.NotifyAsync());

        Assert.Equal(2, exception.Failures.Count());
    }

    [Fact]
    public void CountWebServices_DestinationOfSeveral_CountsThem()
    {
        using var notifier = new MockedNotifier(options =>
        {
            options.InvitationCreatedUrl = "https://a.example/";
            options.Networks["x"] = new() { InvitationCreatedUrl = "https://A.example:443/x" };
            options.Networks["y"] = new() { InvitationCreatedUrl = "https://a.example:8443/" };
            options.Networks["z"] = new() { InvitationCreatedUrl = "http://b.example/" };
            options.Networks["none"] = new();
        });
        var current = notifier.Services.GetRequiredService<SettingsProvider>().Current;

        Assert.Equal(2, current.CountWebServices(new Destination("https", "a.example", 443)));
        Assert.Equal(1, current.CountWebServices(new Destination("https", "a.example", 8443)));
        Assert.Equal(1, current.CountWebServices(new Destination("http", "b.example", 80)));
        Assert.Equal(1, current.CountWebServices(new Destination("http", "c.example", 80)));
    }

    private void Reload(string key, string value)
    {
        _configuration[key] = value;
        _configuration.Reload();
    }
}
