using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class StartupTests
{
    [Fact]
    public async Task StartAsync_InvalidConfiguration_ThrowsWithEveryProblem()
    {
        using var host = Host(Settings.From(
            ("AttemptTimeout", "abc"), ("MaxConcurrentRequests", "0"), ("Networks:mine:InvitationCreatedUrl", "ftp://x/")));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            ["AttemptTimeout", "MaxConcurrentRequests", "Networks:mine:InvitationCreatedUrl"],
            exception.Failures.Select(failure => failure.Split(": ")[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task StartAsync_ValidConfiguration_Starts()
    {
        using var host = Host(Settings.From(("InvitationCreatedUrl", "https://example.com/")));

        await host.StartAsync(TestContext.Current.CancellationToken);
        var notifier = host.Services.GetRequiredService<IInvitationNotifier>();
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(notifier);
    }

    [Fact]
    public async Task NotifyAsync_InvalidConfigurationWithoutHost_ThrowsTheSameEachTime()
    {
        using var notifier = new MockedNotifier(Settings.From(("AttemptTimeout", "abc"), ("TotalTimeout", "x")));

        for (var i = 0; i < 2; i++)
        {
            var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.NotifyAsync());
            Assert.Equal(2, exception.Failures.Count());
        }
    }

    [Fact]
    public async Task NotifyAsync_InvalidActionWithoutHost_Throws()
    {
        using var notifier = new MockedNotifier(options => options.InvitationCreatedUrl = "nonsense");

        await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.NotifyAsync());
    }

    [Fact]
    public async Task NotifyAsync_ConfigurationCorrectedAfterFailure_Delivers()
    {
        var configuration = Settings.From(("InvitationCreatedUrl", "nonsense"));
        using var notifier = new MockedNotifier(configuration);
        await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.NotifyAsync());

        configuration["InvitationCreatedUrl"] = "https://example.com/";

        Assert.Equal("https://example.com/", await notifier.UrlOfAsync());
    }

    [Fact]
    public async Task NotifyAsync_ActionThrewForAWhile_DeliversAfterwards()
    {
        var isReady = false;
        using var notifier = new MockedNotifier(options => options.InvitationCreatedUrl = isReady
            ? "https://example.com/"
            : throw new InvalidOperationException("The store of settings is down."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => notifier.NotifyAsync());

        isReady = true;

        Assert.Equal("https://example.com/", await notifier.UrlOfAsync());
    }

    private static IHost Host(Microsoft.Extensions.Configuration.IConfiguration section)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddInvitationNotifier(section);
        return builder.Build();
    }
}
