using System.Net;
using System.Text.Json;
using Acrobits.InvitationNotifier.Tests.Queueing;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>The health check, as ASP.NET Core's endpoint shows it.</summary>
public class HealthTests
{
    private const string Url = "https://example.com/?%invitee%%invitor%%network_id%";

    [Fact]
    public async Task Check_NothingToSay_IsHealthyWithTheNumbers()
    {
        var (status, _, data) = await CheckAsync(services =>
        {
            services.AddInvitationNotifier(options => options.InvitationCreatedUrl = Url);
            services.AddInvitationQueue(options => options.Capacity = 20);
        });

        Assert.Equal(HealthStatus.Healthy, status);
        Assert.Equal(["change_refused", "queue_capacity", "queue_deferred", "queue_waiting"], data.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((20, 0, 0), (data["queue_capacity"].GetInt32(), data["queue_waiting"].GetInt32(), data["queue_deferred"].GetInt32()));
        Assert.False(data["change_refused"].GetBoolean());
    }

    [Fact]
    public async Task Check_NoWebService_IsDegraded()
    {
        var (status, description, _) = await CheckAsync(services => services.AddInvitationNotifier(_ => { }));

        Assert.Equal(HealthStatus.Degraded, status);
        Assert.StartsWith("No web service is configured", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NothingRegistered_IsDegraded()
    {
        var (status, description, _) = await CheckAsync(_ => { });

        Assert.Equal(HealthStatus.Degraded, status);
        Assert.Equal("Neither the notifier nor a queue is registered. Call services.AddInvitationNotifier(...).", description);
    }

    [Fact]
    public async Task Check_OwnEndpoints_NeedNoWebService()
    {
        var (status, _, _) = await CheckAsync(services =>
        {
            services.AddInvitationNotifier(_ => { });
            services.AddSingleton<IInvitationEndpointProvider, NoEndpoints>();
        });

        Assert.Equal(HealthStatus.Healthy, status);
    }

    [Fact]
    public async Task Check_LastChangeRefused_IsDegradedUntilAGoodOne()
    {
        var (configuration, source) = ChangingConfiguration.Create([("InvitationCreatedUrl", Url)]);
        void Register(IServiceCollection services) => services.AddInvitationNotifier(configuration);
        await using var application = await StartAsync(Register);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(application)).Status);

        source.Change([("InvitationCreatedUrl", "s3cr3t")]);
        var (status, description, data) = await CheckAsync(application);

        Assert.Equal(HealthStatus.Degraded, status);
        Assert.True(data["change_refused"].GetBoolean());
        Assert.DoesNotContain("s3cr3t", description, StringComparison.Ordinal);
        source.Change([("InvitationCreatedUrl", Url + "&x")]);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(application)).Status);
    }

    [Theory]
    [InlineData(8, HealthStatus.Healthy)]
    [InlineData(9, HealthStatus.Degraded)]
    public async Task Check_QueueFills_IsDegradedWhenNearlyFull(int waiting, HealthStatus expected)
    {
        var notifier = ScriptedNotifier.Waiting(new TaskCompletionSource(), NotifierHost.Invitation.NetworkId);
        await using var application = await StartAsync(services => services
            .AddSingleton<IInvitationNotifier>(notifier)
            .AddInvitationQueue(options => (options.Capacity, options.CapacityPerNetwork) = (10, 10)));
        for (var i = 0; i < waiting; i++)
        {
            await application.Services.GetRequiredService<IInvitationQueue>().EnqueueAsync(NotifierHost.Invitation, Token);
        }

        var (status, _, data) = await CheckAsync(application);

        Assert.Equal(expected, status);
        Assert.Equal(waiting, data["queue_waiting"].GetInt32());
    }

    [Theory]
    [InlineData(0, HealthStatus.Healthy)]
    [InlineData(2, HealthStatus.Degraded)]
    public async Task Check_DurableQueue_IsDegradedWithDeadLetters(long dead, HealthStatus expected)
    {
        var (status, _, data) = await CheckAsync(services => services.AddSingleton<IInvitationQueueManager>(new OwnManager(
            () => [new("one", 5, 3, DateTimeOffset.UnixEpoch, 0), new("two", 1, 0, null, dead)])));

        Assert.Equal(expected, status);
        Assert.Equal(
            (6, 3, dead), (data["queue_waiting"].GetInt64(), data["queue_deferred"].GetInt64(), data["dead_letters"].GetInt64()));
    }

    [Fact]
    public async Task Check_DurableQueueWhoseOldestInvitationWaits_SaysForHowLong()
    {
        var now = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(90.5, await OldestAsync(
            new("one", 5, 0, null, 0) { ReadySince = now.AddSeconds(-5) }, new("two", 1, 0, null, 0) { ReadySince = now.AddSeconds(-90.5) }));
        Assert.Equal(0, await OldestAsync(new InvitationQueueStatus("one", 5, 0, null, 0) { ReadySince = now.AddSeconds(5) }));
        Assert.Equal(0, await OldestAsync(new InvitationQueueStatus("one", 0, 3, now.AddHours(1), 0)));
        Assert.Equal(0, await OldestAsync());

        async Task<double> OldestAsync(params InvitationQueueStatus[] status)
        {
            var (_, _, data) = await CheckAsync(services => services
                .AddSingleton<TimeProvider>(new FakeTimeProvider(now))
                .AddSingleton<IInvitationQueueManager>(new OwnManager(() => status)));
            return data["queue_oldest_ready_seconds"].GetDouble();
        }
    }

    [Fact]
    public async Task Check_DatabaseIsDown_IsDegradedAndTellsNoSecret()
    {
        var (status, description, _) = await CheckAsync(services =>
            services.AddSingleton<IInvitationQueueManager>(new OwnManager(() => throw new InvalidOperationException("s3cr3t"))));

        Assert.Equal(HealthStatus.Degraded, status);
        Assert.Equal("The queue could not be asked (InvalidOperationException).", description);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<WebApplication> StartAsync(Action<IServiceCollection> register)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        register(builder.Services);
        builder.Services.AddHealthChecks().AddInvitationNotifier();
        var application = builder.Build();
        application.MapHealthChecks("/health", new HealthCheckOptions
        {
            ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(Assert.Single(report.Entries).Value),
        });
        await application.StartAsync(Token);
        return application;
    }

    private static async Task<(HealthStatus Status, string Description, Dictionary<string, JsonElement> Data)> CheckAsync(Action<IServiceCollection> register)
    {
        await using var application = await StartAsync(register);
        return await CheckAsync(application);
    }

    private static async Task<(HealthStatus Status, string Description, Dictionary<string, JsonElement> Data)> CheckAsync(WebApplication application)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(application.Urls.Single() + "/health", Token);

        // Degraded keeps the server in service.
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var entry = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        return (
            (HealthStatus)entry.GetProperty("status").GetInt32(),
            entry.GetProperty("description").GetString() ?? "",
            entry.GetProperty("data").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value));
    }

    private sealed class NoEndpoints : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) => default;
    }

    private sealed class OwnManager(Func<InvitationQueueStatus[]> status) : IInvitationQueueManager
    {
        public Task<IReadOnlyList<InvitationQueueStatus>> GetStatusAsync(string? networkId = null, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<InvitationQueueStatus>>(status());

        public IAsyncEnumerable<DeadInvitation> GetDeadAsync(DeadInvitationFilter? filter = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<long> RequeueAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<long> DiscardAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
