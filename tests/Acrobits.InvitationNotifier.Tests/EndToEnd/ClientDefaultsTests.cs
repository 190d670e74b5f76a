using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Logging;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Beside what an application sets for all of its HTTP clients, before or after it adds the notifier.</summary>
public sealed class ClientDefaultsTests
{
    public static TheoryData<bool> BeforeOrAfter => new(true, false);

    [Theory, MemberData(nameof(BeforeOrAfter))]
    public async Task NotifyAsync_DefaultResilienceHandlerAndServiceDiscovery_SendsNoMoreThanItsOwnAttempts(bool before)
    {
        await using var provider = new Provider(Replies.Status(500));
        using var application = Create(provider.Url, before, builder => builder.AddStandardResilienceHandler());

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Rejected, 3), (result.Outcome, result.Attempts));
        Assert.Equal((3, 3), (provider.Connections, provider.Requests.Count));
    }

    [Theory, MemberData(nameof(BeforeOrAfter))]
    public async Task NotifyAsync_DefaultServiceDiscovery_DoesNotTakeAProviderForAService(bool before)
    {
        // The application has a service of the very name that a provider's host has.
        await using var service = new Provider(Replies.NoContent);
        await using var provider = new Provider(Replies.NoContent);
        using var application = Create($"http://provider:{provider.Port}/", before, builder => builder.AddServiceDiscovery(), services => services
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection([new("Services:provider:http:0", $"127.0.0.1:{service.Port}")]).Build())
            .AddServiceDiscovery()
            .ResolveNames("127.0.0.1")
            .AddHttpClient("own"));

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        Assert.Equal((0, 1), (service.Connections, provider.Connections));

        // The application's own client does find its service, so the default is in force.
        using var own = application.GetRequiredService<IHttpClientFactory>().CreateClient("own");
        using var response = await own.GetAsync(new Uri("http://provider/"));
        Assert.Equal((1, 1), (service.Connections, provider.Connections));
    }

    [Theory, MemberData(nameof(BeforeOrAfter))]
    public async Task NotifyAsync_DefaultHeadersTimeoutAddressAndVersion_LeavesTheDocumentedRequest(bool before)
    {
        await using var provider = new Provider(Replies.Sequence(
            async (_, _, stopping) => await Task.Delay(TimeSpan.FromMilliseconds(50), stopping), Replies.NoContent));
        using var application = Create(provider.Url + "?i=%invitee%", before, builder => builder.ConfigureHttpClient(client =>
        {
            client.Timeout = TimeSpan.FromMilliseconds(1);
            client.BaseAddress = new Uri("http://127.0.0.1:9/");
            client.DefaultRequestVersion = HttpVersion.Version20;
            client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            client.DefaultRequestHeaders.Add("X-Application", "secret");
            client.DefaultRequestHeaders.UserAgent.ParseAdd("Application/1.0");
            client.DefaultRequestHeaders.Accept.ParseAdd("*/*");
        }));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 2), (result.Outcome, result.Attempts));
        Assert.All(provider.Requests, request => Assert.Equal(
            $"GET /?i=15551231234 HTTP/1.1\r\nHost: 127.0.0.1:{provider.Port}\r\nConnection: close\r\nCache-Control: max-age=0\r\nUser-Agent: Sync Server 1.1\r\n\r\n",
            request));
    }

    [Theory, MemberData(nameof(BeforeOrAfter))]
    public async Task NotifyAsync_DefaultPrimaryHandler_KeepsTheGuardAndFollowsNoRedirect(bool before)
    {
        await using var inner = new Provider(Replies.NoContent);
        await using var provider = new Provider(Replies.Status(302, $"Location: {inner.Url}\r\n"));
        using var application = Create(
            options => options.InvitationCreatedUrl = provider.Url,
            before,
            builder => builder.UseSocketsHttpHandler((handler, _) => handler.AllowAutoRedirect = true)
                .ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler { AllowAutoRedirect = true }));
        using var guarded = Create(
            options => (options.InvitationCreatedUrl, options.Egress.AllowedRanges) = (provider.Url, []),
            before,
            builder => builder.ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler()));

        var result = await application.NotifyAsync();
        var blocked = await guarded.NotifyAsync();

        Assert.Equal((NotificationOutcome.Rejected, HttpStatusCode.Found), (result.Outcome, result.StatusCode));
        Assert.Equal(NotificationOutcome.Blocked, blocked.Outcome);
        Assert.Equal((0, 1), (inner.Connections, provider.Connections));
    }

    [Theory, MemberData(nameof(BeforeOrAfter))]
    public async Task NotifyAsync_DefaultLoggersAndHandlers_SeeNothing(bool before)
    {
        await using var provider = new Provider(Replies.NoContent);
        var seen = new Counting();
        using var application = Create(provider.Url, before, builder => builder
            .AddLogger(_ => seen, wrapHandlersPipeline: true)
            .AddDefaultLogger()
            .AddHttpMessageHandler(() => new CountingHandler(seen)));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 0), (result.Outcome, seen.Count));
    }

    [Theory, MemberData(nameof(BeforeOrAfter))]
    public async Task NotifyAsync_HandlerAddedToTheReturnedBuilder_RunsForEachAttempt(bool before)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(503), Replies.NoContent));
        var seen = new Counting();
        using var application = Create(
            options => options.InvitationCreatedUrl = provider.Url,
            before,
            builder => builder.AddStandardResilienceHandler(),
            also: null,
            builder => builder.AddHttpMessageHandler(() => new CountingHandler(seen)));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 2, 2), (result.Outcome, result.Attempts, seen.Count));
    }

    [Fact]
    public async Task NotifyAsync_AddedTwiceWithDefaultsBetween_KeepsTheHandlerOfTheFirst()
    {
        await using var provider = new Provider(Replies.Status(500));
        var seen = new Counting();
        var services = new ServiceCollection();
        services.AddInvitationNotifier(options =>
        {
            Application.AllowLoopback(options);
            options.Retry.MaxRetryAttempts = 1;
        }).AddHttpMessageHandler(() => new CountingHandler(seen));
        services.ConfigureHttpClientDefaults(builder => builder.AddStandardResilienceHandler());
        services.AddInvitationNotifier(options => options.InvitationCreatedUrl = provider.Url);
        using var application = services.BuildServiceProvider();

        var result = await application.NotifyAsync();

        Assert.Equal((2, 2, 2), (result.Attempts, seen.Count, provider.Connections));
    }

    private static ServiceProvider Create(
        string url, bool before, Action<IHttpClientBuilder> defaults, Action<IServiceCollection>? also = null) =>
        Create(options => options.InvitationCreatedUrl = url, before, defaults, also);

    private static ServiceProvider Create(
        Action<InvitationNotifierOptions> configure,
        bool before,
        Action<IHttpClientBuilder> defaults,
        Action<IServiceCollection>? also = null,
        Action<IHttpClientBuilder>? onBuilder = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        if (before)
        {
            services.ConfigureHttpClientDefaults(defaults);
        }

        var builder = services.AddInvitationNotifier(options =>
        {
            Application.AllowLoopback(options);
            options.Retry.MaxRetryAttempts = 2;
            configure(options);
        });
        onBuilder?.Invoke(builder);
        if (!before)
        {
            services.ConfigureHttpClientDefaults(defaults);
        }

        also?.Invoke(services);
        return services.BuildServiceProvider();
    }

    private sealed class Counting : IHttpClientLogger
    {
        private int _count;

        public int Count => _count;

        public void Add() => Interlocked.Increment(ref _count);

        public object? LogRequestStart(HttpRequestMessage request)
        {
            Add();
            return null;
        }

        public void LogRequestStop(object? context, HttpRequestMessage request, HttpResponseMessage response, TimeSpan elapsed) => Add();

        public void LogRequestFailed(
            object? context, HttpRequestMessage request, HttpResponseMessage? response, Exception exception, TimeSpan elapsed) => Add();
    }

    private sealed class CountingHandler(Counting seen) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Add();
            return base.SendAsync(request, cancellationToken);
        }
    }
}
