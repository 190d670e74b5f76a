using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>A host in Production that is wired wrongly does not start, or says so when it starts.</summary>
public class WiringTests
{
    [Theory]
    [InlineData("InvitationNotifer", "InvitationNotifier")]
    [InlineData("invitationnotifierr", "InvitationNotifier")]
    [InlineData("Apps:InvitationNotifer", "Apps:InvitationNotifier")]
    public async Task StartAsync_MisspeltSection_IsRefusedWithTheNearest(string name, string nearest)
    {
        var builder = Builder((nearest + ":InvitationCreatedUrl", "https://example.com/"));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection(name));
        builder.Services.AddInvitationQueue();
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Equal($"{name}: the section does not exist, or has no keys. Did you mean {nearest}? Correct the name.", Assert.Single(exception.Failures));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://example.com/")]
    public async Task StartAsync_SectionWithoutKeys_DoesNotSuggestItsOwnName(string? value)
    {
        var builder = Builder(("InvitationNotifier", value));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("invitationNotifier"));
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.DoesNotContain("Did you mean", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_SameSectionTwice_IsHarmless()
    {
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMTIzNDU2";
        var builder = Builder(
            ("InvitationNotifier:InvitationCreatedUrl", Url),
            ("InvitationNotifier:Signing:Secrets:0", Secret),
            ("InvitationNotifier:Networks:mine:InvitationCreatedUrl", Url),
            ("InvitationNotifier:Networks:mine:Signing:Secrets:0", Secret));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        using var host = builder.Build();

        await host.StartAsync(Token);

        var options = host.Services.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;
        Assert.Equal(Secret, Assert.Single(options.Signing.Secrets));
        Assert.Equal(Secret, Assert.Single(options.Networks["mine"].Signing.Secrets));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task NotifyAsync_SectionDoesNotExistAndNoHost_IsRefused()
    {
        using var notifier = new MockedNotifier(Settings.From(("Other", "1")).GetSection("InvitationNotifier"));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.NotifyAsync());

        Assert.StartsWith("InvitationNotifier: the section does not exist", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_SectionDoesNotExistButCodeSetsTheUrl_StartsWithAWarning()
    {
        var builder = Builder();
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("Optional"));
        builder.Services.AddInvitationNotifier(options => options.InvitationCreatedUrl = Url);
        using var host = builder.Build();

        await host.StartAsync(Token);

        Assert.StartsWith(
            "Network (default): Optional: the section does not exist", Assert.Single(Warnings(host)).Message, StringComparison.Ordinal);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task StartAsync_OwnEndpointsAndNoSection_StartsWithAWarning()
    {
        var builder = Builder();
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        builder.Services.AddSingleton<IInvitationEndpointProvider, NoEndpoints>();
        using var host = builder.Build();

        await host.StartAsync(Token);

        Assert.StartsWith(
            "Network (default): InvitationNotifier: the section does not exist", Assert.Single(Warnings(host)).Message, StringComparison.Ordinal);
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData("InvitationCreatedUrl", "")]
    [InlineData("UserAgent", "Server/1")]
    [InlineData("Networks:mine:InvitationAcceptedUrl", "")]
    public async Task StartAsync_NoWebServiceAtAll_IsLoggedOnce(string key, string value)
    {
        var builder = Builder(("InvitationNotifier:" + key, value));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        using var host = builder.Build();

        await host.StartAsync(Token);
        await host.Services.GetRequiredService<IInvitationNotifier>().NotifyAsync(NotifierHost.Invitation, Token);

        var record = Assert.Single(Warnings(host));
        Assert.Equal((29, "NoWebService"), (record.Id.Id, record.Id.Name));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task StartAsync_ProbableMistakes_AreLoggedOnce()
    {
        var builder = Builder(
            ("InvitationNotifier:InvitationCreatedUrl", "http://example.com/{invitee}?%invitor%%network_id%"),
            ("InvitationNotifier:UserAgent", "Server/%network_id%"),
            ("InvitationNotifier:Networks:mine:InvitationCreatedPostData", ""),
            ("InvitationNotifier:Networks:off:InvitationCreatedUrl", ""),
            ("InvitationNotifier:Networks: :InvitationCreatedUrl", Url));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        using var host = builder.Build();

        await host.StartAsync(Token);
        await host.Services.GetRequiredService<IInvitationNotifier>().NotifyAsync(NotifierHost.Invitation with { NetworkId = "off" }, Token);

        Assert.Equal(
            Starts.SkipLast(1).Order(StringComparer.Ordinal),
            Warnings(host).Select(record => Starts.First(start => record.Message.StartsWith(start, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task StartAsync_ThousandsOfMistakes_DoNotFloodTheLog()
    {
        var builder = Builder([.. Enumerable.Range(0, 1000).Select(i => ($"InvitationNotifier:Networks:n{i}:InvitationCreatedUrl", (string?)"https://example.com/"))]);
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        using var host = builder.Build();

        await host.StartAsync(Token);

        Assert.Equal(100, Warnings(host).Count(record => record.Id.Id == 22));
        Assert.StartsWith("900 more warnings", Assert.Single(Warnings(host), record => record.Id.Id == 25).Message, StringComparison.Ordinal);
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StartAsync_PrimaryHandlerReplaced_IsLoggedUnlessIntended(bool isIntended)
    {
        var builder = Builder(
            ("InvitationNotifier:InvitationCreatedUrl", Url), ("InvitationNotifier:Egress:ReplacedHandlerIsIntended", isIntended.ToString()));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler());
        using var host = builder.Build();

        await host.StartAsync(Token);

        if (isIntended)
        {
            Assert.Empty(Warnings(host));
        }
        else
        {
            var record = Assert.Single(Warnings(host));
            Assert.Equal(19, record.Id.Id);
            Assert.Contains("SocketsHttpHandler", record.Message, StringComparison.Ordinal);
            Assert.Contains("Egress:ReplacedHandlerIsIntended", record.Message, StringComparison.Ordinal);
        }

        await host.StopAsync(Token);
    }

    [Fact]
    public async Task StartAsync_PrimaryHandlerConfigured_IsNoReplacement()
    {
        var builder = Builder(("InvitationNotifier:InvitationCreatedUrl", Url));
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"))
            .ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).MaxConnectionsPerServer = 5);
        using var host = builder.Build();

        await host.StartAsync(Token);

        Assert.Empty(Warnings(host));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task StartAsync_QueueWithoutNotifier_NamesTheMissingCall()
    {
        var builder = Builder();
        builder.Services.AddInvitationQueue();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            using var host = builder.Build();
            await host.StartAsync(Token);
        });

        Assert.Equal("AddInvitationQueue needs the notifier, which delivers its invitations. Call services.AddInvitationNotifier(...) too.", exception.Message);
    }

    [Fact]
    public void Add_SecondQueue_IsRefusedAndNamesBoth()
    {
        var services = new ServiceCollection().AddInvitationQueue();

        var exception = Assert.Throws<InvalidOperationException>(() => ExclusiveRegistration.Add(services, "queue", "AddOtherQueue"));

        Assert.Equal(
            "AddOtherQueue adds a second queue, but AddInvitationQueue has added one already, and an application has one queue. Remove one of the two calls.",
            exception.Message);
    }

    private const string Url = "https://example.com/?%invitee%%invitor%%network_id%";

    private static readonly string[] Starts =
    [
        "Network (default): InvitationCreatedUrl, character 20: looks like a placeholder but is not one",
        "Network (default): InvitationCreatedUrl: plain http",
        "Network (default): UserAgent: has a placeholder",
        "Network  : the id is blank",
        "Network mine: the entry has no URL",
        "",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static HostApplicationBuilder Builder(params (string Key, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        return builder;
    }

    private static IReadOnlyList<FakeLogRecord> Warnings(IHost host) =>
        [.. host.Services.GetFakeLogCollector().GetSnapshot().Where(record => record.Level >= LogLevel.Warning)];

    private sealed class NoEndpoints : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) => default;
    }
}
