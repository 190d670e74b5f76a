using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>What a changed configuration leaves out is not a decision.</summary>
public sealed class MissingSettingsTests
{
    private const int Reloaded = 20;
    private const int Invalid = 21;
    private const string Url = "InvitationCreatedUrl";
    private const string Default = "https://default.example/";
    private const string Own = "https://own.example/";

    public static TheoryData<string, string> Leaving => new()
    {
        { "nothing at all", "{}" },
        { "an empty section", """{ "InvitationNotifier": {} }""" },
        { "null", """{ "InvitationNotifier": null }""" },
        { "another section", """{ "InvitationNotifiers": { "InvitationCreatedUrl": "https://other.example/" } }""" },
        { "no URL", """{ "InvitationNotifier": { "UserAgent": "Server/2", "Networks": { "mine": { "InvitationCreatedUrl": "https://own.example/" } } } }""" },
        { "no networks", """{ "InvitationNotifier": { "UserAgent": "Server/2", "InvitationCreatedUrl": "https://default.example/" } }""" },
        { "neither", """{ "InvitationNotifier": { "UserAgent": "Server/2" } }""" },
    };

    [Theory]
    [MemberData(nameof(Leaving))]
    public async Task Reload_LeavesOutWhatWasThere_KeepsTheLastGoodConfiguration(string what, string json)
    {
        var file = new ChangingJson($$"""{ "InvitationNotifier": { "InvitationCreatedUrl": "{{Default}}", "Networks": { "mine": { "InvitationCreatedUrl": "{{Own}}" } } } }""");
        using var notifier = new MockedNotifier(file.Configuration.GetSection("InvitationNotifier"));
        Assert.Equal(Own, await notifier.UrlOfAsync("mine"));

        file.Change(json);
        file.Change(json);

        Assert.Equal(Own, await notifier.UrlOfAsync("mine"));
        Assert.Equal(Default, await notifier.UrlOfAsync("other"));
        Assert.Equal("Sync Server 1.1", notifier.Headers["User-Agent"]);
        var record = Assert.Single(notifier.Logged(Invalid));
        Assert.Equal(LogLevel.Error, record.Level);
        Assert.Contains("InvitationNotifier", record.Message, StringComparison.Ordinal);
        Assert.True(record.Message.Contains("missing", StringComparison.Ordinal), what);
        Assert.Empty(notifier.Logged(Reloaded));
    }

    [Theory]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "", "Networks": {} } }""", null, null)]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": " ", "Networks": { "mine": { "InvitationCreatedUrl": "https://own.example/" } } } }""", Own, null)]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://default.example/", "Networks": {} } }""", Default, Default)]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://default.example/", "Networks": { "mine": {} } } }""", null, Default)]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://default.example/", "Networks": { "other": {} } } }""", Default, null)]
    public async Task Reload_WrittenEmpty_IsADecision(string json, string? mine, string? other)
    {
        var file = new ChangingJson($$"""{ "InvitationNotifier": { "InvitationCreatedUrl": "{{Default}}", "Networks": { "mine": { "InvitationCreatedUrl": "{{Own}}" } } } }""");
        using var notifier = new MockedNotifier(file.Configuration.GetSection("InvitationNotifier"));
        await notifier.NotifyAsync();

        file.Change(json);

        Assert.Equal(mine, await notifier.UrlOfAsync("mine"));
        Assert.Equal(other, await notifier.UrlOfAsync("other"));
        Assert.Empty(notifier.Logged(Invalid));
        Assert.Single(notifier.Logged(Reloaded));
    }

    [Fact]
    public async Task Reload_RestoredAfterAbsence_SaysSoOnceAndTakesEffect()
    {
        var file = new ChangingJson($$"""{ "{{Url}}": "{{Default}}" }""");
        using var notifier = new MockedNotifier(file.Configuration);
        await notifier.NotifyAsync();

        file.Change("{}");
        file.Change($$"""{ "{{Url}}": "{{Own}}" }""");
        Assert.Equal(Own, await notifier.UrlOfAsync());
        Assert.Single(notifier.Logged(Reloaded));

        // The same absence again is news again.
        file.Change("{}");
        Assert.Equal(2, notifier.Logged(Invalid).Count());
        Assert.Equal(Own, await notifier.UrlOfAsync());
    }

    [Fact]
    public async Task Reload_OneOfTwoSourcesLosesItsKeys_KeepsTheLastGoodConfiguration()
    {
        var networks = new ChangingJson($$"""{ "App": { "Networks": { "mine": { "{{Url}}": "{{Own}}" } } } }""");
        var common = new ChangingJson($$"""{ "App": { "{{Url}}": "{{Default}}", "Networks": { "other": { "{{Url}}": "https://other.example/" } } }, "Unrelated": 1 }""");
        var unrelated = new ChangingJson("""{ "Unrelated": 2 }""");
        var root = new ConfigurationBuilder().Add(common.Source).Add(networks.Source).Add(unrelated.Source).Build();
        using var notifier = new MockedNotifier(root.GetSection("App"));
        Assert.Equal(Own, await notifier.UrlOfAsync("mine"));

        networks.Change("{}");
        Assert.Equal(Own, await notifier.UrlOfAsync("mine"));
        Assert.Contains("App", Assert.Single(notifier.Logged(Invalid)).Message, StringComparison.Ordinal);

        networks.Change($$"""{ "App": { "Networks": { "mine": { "{{Url}}": "https://new.example/" } } } }""");
        unrelated.Change("{}");
        Assert.Equal("https://new.example/", await notifier.UrlOfAsync("mine"));
        Assert.Single(notifier.Logged(Invalid));
    }

    [Fact]
    public async Task Reload_OneOfTwoSectionsVanishes_NamesItAndKeepsTheLastGoodConfiguration()
    {
        var file = new ChangingJson($$"""{ "One": { "{{Url}}": "{{Default}}" }, "Two": { "UserAgent": "Server/2" } }""");
        using var notifier = new MockedNotifier(services =>
        {
            services.AddInvitationNotifier(file.Configuration.GetSection("One"));
            return services.AddInvitationNotifier(file.Configuration.GetSection("Two"));
        });
        await notifier.NotifyAsync();

        file.Change($$"""{ "One": { "{{Url}}": "{{Own}}" } }""");

        Assert.Equal(Default, await notifier.UrlOfAsync());
        Assert.Equal("Server/2", notifier.Headers["User-Agent"]);
        Assert.Contains("Two: is missing", Assert.Single(notifier.Logged(Invalid)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_SectionVanishesWhileCodeGivesTheUrl_KeepsTheLastGoodConfiguration()
    {
        var file = new ChangingJson($$"""{ "App": { "UserAgent": "Server/2", "Headers": { "X-Key": "1" } } }""");
        using var notifier = new MockedNotifier(services =>
        {
            services.AddInvitationNotifier(file.Configuration.GetSection("App"));
            return services.AddInvitationNotifier(options => options.InvitationCreatedUrl = Default);
        });
        await notifier.NotifyAsync();

        file.Change("{}");

        Assert.Equal(Default, await notifier.UrlOfAsync());
        Assert.Equal("1", notifier.Headers["X-Key"]);
        Assert.Single(notifier.Logged(Invalid));
    }

    [Fact]
    public async Task Reload_SectionThatWasEmptyAtStart_IsNoAbsence()
    {
        var file = new ChangingJson("{}");
        using var notifier = new MockedNotifier(file.Configuration.GetSection("App"));
        await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.UrlOfAsync());

        file.Change("""{ "Other": 1 }""");
        Assert.Empty(notifier.Logged(Invalid));

        file.Change($$"""{ "App": { "{{Url}}": "{{Default}}" } }""");
        Assert.Equal(Default, await notifier.UrlOfAsync());
    }

    [Fact]
    public async Task Reload_SourceThatTheApplicationRemoved_IsADecision()
    {
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection([KeyValuePair.Create("App:" + Url, (string?)Default)]);
        configuration.AddInMemoryCollection([KeyValuePair.Create("App:UserAgent", (string?)"Server/2")]);
        using var notifier = new MockedNotifier(configuration.GetSection("App"));
        await notifier.NotifyAsync();
        Assert.Equal("Server/2", notifier.Headers["User-Agent"]);

        configuration.Sources.RemoveAt(configuration.Sources.Count - 1);

        Assert.Equal(Default, await notifier.UrlOfAsync());
        Assert.Equal("Sync Server 1.1", notifier.Headers["User-Agent"]);
    }
}
