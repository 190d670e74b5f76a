using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class ReloadTests
{
    private const int Reloaded = 20;
    private const int Invalid = 21;

    private readonly IConfigurationRoot _configuration = Settings.From(("InvitationCreatedUrl", "https://one.example/"));

    [Fact]
    public async Task Reload_Valid_TakesEffectOnTheNextInvitation()
    {
        using var notifier = new MockedNotifier(_configuration);
        Assert.Equal("https://one.example/", await notifier.UrlOfAsync());

        Reload(("InvitationCreatedUrl", "https://two.example/?%invitee%"), ("UserAgent", "Server/2"), ("ReuseConnections", "true"));

        Assert.Equal("https://two.example/?420", await notifier.UrlOfAsync());
        Assert.Equal("Server/2", notifier.Headers["User-Agent"]);
        Assert.DoesNotContain("Connection", notifier.Headers.Keys);
        Assert.Equal(LogLevel.Information, Assert.Single(notifier.Logged(Reloaded)).Level);
    }

    [Fact]
    public async Task Reload_DeliverySettings_TakeEffectOnTheNextInvitation()
    {
        _configuration["Retry:Delay"] = "00:00:00";
        _configuration["Retry:MaxRetryAttempts"] = "2";
        using var notifier = new MockedNotifier(_configuration) { Status = HttpStatusCode.ServiceUnavailable };
        Assert.Equal(3, (await notifier.NotifyAsync()).Attempts);

        Reload(("Retry:MaxRetryAttempts", "0"));

        Assert.Equal(1, (await notifier.NotifyAsync()).Attempts);
    }

    [Fact]
    public async Task Reload_Invalid_IsLoggedOnceAndTheLastGoodOneStays()
    {
        using var notifier = new MockedNotifier(_configuration);
        Assert.Equal("https://one.example/", await notifier.UrlOfAsync());

        Reload(("InvitationCreatedUrl", "ftp://user:s3cr3t@two.example/"), ("AttemptTimeout", "abc"), ("Networks:mine:Typo", "1"));
        _configuration.Reload();

        Assert.Equal("https://one.example/", await notifier.UrlOfAsync());
        var record = Assert.Single(notifier.Logged(Invalid));
        Assert.Equal(LogLevel.Error, record.Level);
        Assert.Contains("InvitationCreatedUrl: ", record.Message, StringComparison.Ordinal);
        Assert.Contains("AttemptTimeout: ", record.Message, StringComparison.Ordinal);
        Assert.Contains("Networks:mine:Typo: ", record.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", record.Message, StringComparison.Ordinal);
        Assert.Empty(notifier.Logged(Reloaded));
    }

    [Fact]
    public async Task Reload_InvalidThenCorrected_TakesEffect()
    {
        using var notifier = new MockedNotifier(_configuration);
        await notifier.NotifyAsync();

        Reload(("InvitationCreatedUrl", "nonsense"));
        Reload(("InvitationCreatedUrl", "https://two.example/"));
        Assert.Equal("https://two.example/", await notifier.UrlOfAsync());

        // The same mistake again is news again.
        Reload(("InvitationCreatedUrl", "nonsense"));
        Assert.Equal("https://two.example/", await notifier.UrlOfAsync());
        Assert.Equal(2, notifier.Logged(Invalid).Count());
    }

    [Fact]
    public async Task Reload_BeforeTheFirstNotification_TakesEffect()
    {
        using var notifier = new MockedNotifier(_configuration);

        Reload(("InvitationCreatedUrl", "https://two.example/"));

        Assert.Equal("https://two.example/", await notifier.UrlOfAsync());
    }

    [Fact]
    public async Task Reload_InvalidAfterStartAndBeforeTheFirstNotification_KeepsTheOneOfTheStart()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddFakeLogging();
        using var answers = new RichardSzalay.MockHttp.MockHttpMessageHandler();
        var urls = new List<string>();
        answers.Fallback.Respond(request =>
        {
            urls.Add(request.RequestUri!.AbsoluteUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
        });
        builder.Services.AddInvitationNotifier(_configuration).ConfigurePrimaryHttpMessageHandler(() => answers);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        Reload(("InvitationCreatedUrl", "nonsense"));
        var result = await host.Services.GetRequiredService<IInvitationNotifier>()
            .NotifyAsync(new Invitation("420", "john", "net"), TestContext.Current.CancellationToken);

        Assert.True(result.IsSuccess);
        Assert.Equal(["https://one.example/"], urls);
        Assert.Single(host.Services.GetFakeLogCollector().GetSnapshot(), record => record.Id.Id == Invalid);
    }

    [Fact]
    public async Task Reload_OfAnAction_KeepsTheAction()
    {
        using var notifier = new MockedNotifier(services =>
        {
            services.AddInvitationNotifier(_configuration);
            return services.AddInvitationNotifier(options => options.UserAgent = "From/Code");
        });
        await notifier.NotifyAsync();

        Reload(("InvitationCreatedUrl", "https://two.example/"), ("UserAgent", "From/Section"));

        Assert.Equal("https://two.example/", await notifier.UrlOfAsync());
        Assert.Equal("From/Code", notifier.Headers["User-Agent"]);
    }

    [Fact]
    public async Task Reload_WhileNotifying_NeverGivesHalfAConfiguration()
    {
        using var notifier = new MockedNotifier(_configuration);
        using var done = new CancellationTokenSource();
        var reloading = Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                Reload(("InvitationCreatedUrl", i % 2 == 0 ? "https://two.example/" : "nonsense"));
            }

            done.Cancel();
        });

        do
        {
            Assert.True((await notifier.NotifyAsync()).IsSuccess);
        }
        while (!done.IsCancellationRequested);

        await reloading;
        Assert.All(notifier.Urls, url => Assert.Contains(url, new[] { "https://one.example/", "https://two.example/" }));
    }

    [Fact(Timeout = 300_000)]
    public async Task Reload_OfAFile_TakesEffect()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(directory.FullName, "settings.json");
            await File.WriteAllTextAsync(path, """{ "InvitationNotifier": { "InvitationCreatedUrl": "https://one.example/" } }""");
            using var root = (ConfigurationRoot)new ConfigurationBuilder()
                .AddJsonFile(source =>
                {
                    source.FileProvider = new Microsoft.Extensions.FileProviders.PhysicalFileProvider(directory.FullName);
                    source.Path = "settings.json";
                    source.ReloadOnChange = true;
                    source.ReloadDelay = 10;
                })
                .Build();
            using var notifier = new MockedNotifier(root.GetSection("InvitationNotifier"));
            Assert.Equal("https://one.example/", await notifier.UrlOfAsync());

            await File.WriteAllTextAsync(path, """{ "InvitationNotifier": { "InvitationCreatedUrl": "https://two.example/" } }""");

            while (await notifier.UrlOfAsync() != "https://two.example/")
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
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
