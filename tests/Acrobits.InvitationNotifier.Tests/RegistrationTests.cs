using System.Net;
using Acrobits.InvitationNotifier.Tests.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RichardSzalay.MockHttp;

namespace Acrobits.InvitationNotifier.Tests;

public class RegistrationTests
{
    private const string Url = "https://example.com/";

    [Fact]
    public void AddInvitationNotifier_Null_Throws()
    {
        IServiceCollection services = new ServiceCollection();

        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddInvitationNotifier(_ => { }));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddInvitationNotifier(Settings.From()));
        Assert.Throws<ArgumentNullException>("configure", () => services.AddInvitationNotifier((Action<InvitationNotifierOptions>)null!));
        Assert.Throws<ArgumentNullException>("section", () => services.AddInvitationNotifier((IConfiguration)null!));
    }

    [Fact]
    public async Task AddInvitationNotifier_Action_ConfiguresTheNotifier()
    {
        using var notifier = new MockedNotifier(options => options.InvitationCreatedUrl = Url + "?%invitee%");

        Assert.Equal(Url + "?420", await notifier.UrlOfAsync());
    }

    [Fact]
    public async Task AddInvitationNotifier_BothOverloadsTwice_DeliversOnce()
    {
        using var notifier = new MockedNotifier(services =>
        {
            services.AddInvitationNotifier(Settings.From(("InvitationCreatedUrl", Url)));
            services.AddInvitationNotifier(options => options.UserAgent = "From/Code");
            services.AddInvitationNotifier(Settings.From(("Headers:X-Key", "1")));
            return services.AddInvitationNotifier(options => options.Headers["X-Other"] = "2");
        });

        Assert.Equal(Url, await notifier.UrlOfAsync());
        Assert.Equal(
            ["Connection", "Cache-Control", "User-Agent", "X-Key", "X-Other"], notifier.Headers.Keys);
        Assert.Equal("From/Code", notifier.Headers["User-Agent"]);
        Assert.Single(notifier.Services.GetServices<IInvitationNotifier>());
    }

    [Fact]
    public async Task AddInvitationNotifier_SameSectionTwice_IsHarmless()
    {
        var section = Settings.From(
            ("InvitationCreatedUrl", Url), ("Networks:a:InvitationCreatedUrl", Url + "a"), ("Egress:AllowedRanges:0", "10.0.0.0/8"));
        using var notifier = new MockedNotifier(services =>
        {
            services.AddInvitationNotifier(section);
            return services.AddInvitationNotifier(section);
        });

        Assert.Equal(Url, await notifier.UrlOfAsync());
        Assert.Equal(Url + "a", await notifier.UrlOfAsync("a"));
    }

    [Fact]
    public async Task AddInvitationNotifier_SameSectionTwice_ListsAProblemOnce()
    {
        var section = Settings.From(("Typo", "1"));
        using var notifier = new MockedNotifier(services =>
        {
            services.AddInvitationNotifier(section);
            return services.AddInvitationNotifier(section);
        });

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.NotifyAsync());

        Assert.Single(exception.Failures);
    }

    [Fact]
    public async Task AddInvitationNotifier_SameSectionTwice_ReloadsOnce()
    {
        var section = Settings.From(("InvitationCreatedUrl", Url));
        using var notifier = new MockedNotifier(services =>
        {
            services.AddInvitationNotifier(section);
            return services.AddInvitationNotifier(section);
        });
        await notifier.NotifyAsync();

        section.Reload();

        Assert.Single(notifier.Logged(20));
    }

    [Fact]
    public async Task AddInvitationNotifier_Again_KeepsTheHandlersMadeInBetween()
    {
        using var answers = new MockHttpMessageHandler();
        answers.Fallback.Respond(HttpStatusCode.NoContent);
        var counter = new CountingHandler();
        var services = new ServiceCollection();
        services.AddInvitationNotifier(options => options.InvitationCreatedUrl = Url)
            .ConfigurePrimaryHttpMessageHandler(() => answers)
            .AddHttpMessageHandler(() => counter);

        services.AddInvitationNotifier(Settings.From());
        services.AddInvitationNotifier(_ => { });

        using var provider = services.BuildServiceProvider();
        var result = await NotifyAsync(provider);
        Assert.True(result.IsSuccess);
        Assert.Equal(1, counter.Count);
    }

    [Fact]
    public async Task AddHttpMessageHandler_OnTheReturnedBuilder_RunsOncePerAttempt()
    {
        var counter = new CountingHandler();
        using var notifier = new MockedNotifier(services => services
            .AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = Url;
                options.Retry = new RetryOptions { MaxRetryAttempts = 2, Delay = TimeSpan.Zero };
            })
            .AddHttpMessageHandler(() => counter))
        { Status = HttpStatusCode.ServiceUnavailable };

        var result = await notifier.NotifyAsync();

        Assert.Equal(3, result.Attempts);
        Assert.Equal(3, counter.Count);
    }

    [Fact]
    public async Task ConfigureHttpClientDefaults_OfTheApplication_DoNotReachProviders()
    {
        var counter = new CountingHandler();
        using var notifier = new MockedNotifier(
            services => services.AddInvitationNotifier(options => options.InvitationCreatedUrl = Url),
            services => services.ConfigureHttpClientDefaults(builder => builder
                .AddHttpMessageHandler(() => counter)
                .ConfigureHttpClient(client => client.DefaultRequestHeaders.Add("X-Internal", "1"))));

        Assert.Equal(Url, await notifier.UrlOfAsync());
        Assert.DoesNotContain("X-Internal", notifier.Headers.Keys);
        Assert.Equal(0, counter.Count);
    }

    [Fact]
    public async Task NotifyAsync_OneNotifierInParallel_DeliversAll()
    {
        using var notifier = new MockedNotifier(
            options => options.InvitationCreatedUrl = Url + "?%invitee%", services => services.AddSingleton<Holder>());
        var holder = notifier.Services.GetRequiredService<Holder>();

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            Task.Run(() => holder.Notifier.NotifyAsync(new Invitation($"{i}", "john", "net")))));

        Assert.All(results, result => Assert.True(result.IsSuccess));
        Assert.Equal(200, notifier.Urls.Distinct().Count());
    }

    [Fact]
    public async Task NotifyAsync_Delivered_LeavesNoLogOfTheFactory()
    {
        using var notifier = new MockedNotifier(options => options.InvitationCreatedUrl = Url + "?%invitee%");

        await notifier.NotifyAsync();

        // The factory would log each URL with the phone number in it, and at the lowest level the headers.
        Assert.Equal("Acrobits.InvitationNotifier.IInvitationNotifier", Assert.Single(notifier.AllLogged, record => record.Id.Id != 22).Category);
    }

    [Fact]
    public void Resolve_InScope_Works()
    {
        using var notifier = new MockedNotifier(_ => { });
        using var scope = notifier.Services.CreateScope();

        Assert.NotNull(scope.ServiceProvider.GetRequiredService<IInvitationNotifier>());
    }

    private static Task<NotificationResult> NotifyAsync(IServiceProvider provider) =>
        provider.GetRequiredService<IInvitationNotifier>().NotifyAsync(new Invitation("420", "john", "net"));

    private sealed class Holder(IInvitationNotifier notifier)
    {
        public IInvitationNotifier Notifier { get; } = notifier;
    }

    private sealed class CountingHandler : DelegatingHandler
    {
        private int _count;

        public int Count => _count;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
