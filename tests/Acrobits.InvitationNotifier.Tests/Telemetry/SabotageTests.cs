using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Net;
using System.Reflection;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Tests.EndToEnd;
using Acrobits.InvitationNotifier.Tests.Queueing;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Telemetry;

/// <summary>An application's logger or listener throws: no delivery fails, none is repeated, and no invitation is lost.</summary>
[Collection(typeof(Alone))]
public sealed class SabotageTests
{
    public static TheoryData<string> Parts => Sabotage.Parts;

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task NotifyAsync_TelemetryThrows_HasItsResultAfterOneRequest(string part)
    {
        using var sabotage = new Sabotage(part);
        var provider = new MockProvider(time: null, HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        await using var host = NotifierHost.Create(
            options => options.InvitationCreatedUrl = MockProvider.Url, provider.Handler, register: sabotage.Register);
        using var caller = new Activity("caller").Start();

        var delivered = await host.NotifyAsync();
        var rejected = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (delivered.Outcome, delivered.Attempts));
        Assert.Equal((NotificationOutcome.Rejected, 1), (rejected.Outcome, rejected.Attempts));
        Assert.Equal(2, provider.Requests.Count);
        Assert.Same(caller, Activity.Current);
        Assert.NotEqual(0, sabotage.Failures);
    }

    [Theory]
    [InlineData("activity sample", "caller")]
    [InlineData("activity started", "caller")]
    [InlineData("activity stopped", "GET")]
    public async Task NotifyAsync_ActivityListenerThrows_NoActivityIsLeftAsTheCurrentOne(string part, string activity)
    {
        using var sabotage = new Sabotage(part);
        var current = new List<string?>();
        var provider = new MockProvider(time: null, (_, _) =>
        {
            current.Add(Activity.Current?.DisplayName);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        });
        await using var host = NotifierHost.Create(
            options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.Retry = new RetryOptions { MaxRetryAttempts = 1, Delay = TimeSpan.Zero };
            },
            provider.Handler,
            register: sabotage.Register);
        using var caller = new Activity("caller").Start();

        await host.NotifyAsync();

        Assert.Equal([activity, activity], current);
        Assert.Same(caller, Activity.Current);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task EnqueueAsync_TelemetryThrows_EachIsDeliveredAsOftenAsItTakes(string part)
    {
        using var sabotage = new Sabotage(part);
        var deliveries = new ConcurrentDictionary<string, int>();
        var provider = new MockProvider(time: null, (request, _) =>
        {
            var count = deliveries.AddOrUpdate(request.RequestUri!.Query, 1, (_, count) => count + 1);
            var isDelivered = count == 3 || request.RequestUri.Query.Length % 2 == 0;
            return Task.FromResult(new HttpResponseMessage(isDelivered ? HttpStatusCode.NoContent : HttpStatusCode.ServiceUnavailable));
        });
        await using var host = QueueHost.Create(
            services =>
            {
                sabotage.Register(services);
                services.AddInvitationNotifier(options =>
                {
                    options.InvitationCreatedUrl = MockProvider.Url;
                    options.Retry.MaxRetryAttempts = 0;
                    options.CircuitBreaker.MinimumThroughput = int.MaxValue;
                    options.MaxQueuedRequests = int.MaxValue;
                }).ConfigurePrimaryHttpMessageHandler(() => provider.Handler);
            },
            options => (options.CapacityPerNetwork, options.Redelivery) = (2_000, new(TimeSpan.Zero, TimeSpan.Zero)));
        await host.StartAsync();

        for (var i = 0; i < 2_000; i++)
        {
            await host.EnqueueAsync("mynetwork", $"{i}");
        }

        // By the requests: the metrics may be what is broken.
        await host.BecomesAsync(
            _ => deliveries.Count == 2_000 && deliveries.All(pair => pair.Value == (pair.Key.Length % 2 == 0 ? 1 : 3)), "all are delivered");
        await host.StopAsync();
        Assert.All(deliveries, pair => Assert.Equal(pair.Key.Length % 2 == 0 ? 1 : 3, pair.Value));
        Assert.NotEqual(0, sabotage.Failures);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task StopAsync_TelemetryThrows_ComesToItsEnd(string part)
    {
        using var sabotage = new Sabotage(part);
        await using var host = QueueHost.Create(services =>
        {
            sabotage.Register(services);
            services.AddSingleton<IInvitationNotifier>(ScriptedNotifier.Waiting(new TaskCompletionSource(), "hanging"));
        });
        await host.StartAsync();
        await host.EnqueueAsync("hanging", "1");
        await host.EnqueueAsync("other", "2");

        await host.StopAsync(new CancellationToken(canceled: true));

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.EnqueueAsync("other"));
    }

    [Fact]
    public void Log_OneProviderOfSeveralThrows_TheOthersHaveTheMessage()
    {
        using var sabotage = new Sabotage("logging provider");
        var services = new ServiceCollection();
        sabotage.Register(services);
        services.AddLogging(logging => logging.AddFakeLogging());
        using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<ILogger<IInvitationQueue>>().RedeliveryCapacityFull(new Invitation("1", "2", "mynetwork"));

        Assert.Equal(31, Assert.Single(provider.GetFakeLogCollector().GetSnapshot()).Id.Id);
    }

    [Fact]
    public void LogMessages_LoggerThrows_NoneOfThemDoes()
    {
        using var sabotage = new Sabotage("log");
        var services = new ServiceCollection();
        sabotage.Register(services);
        using var provider = services.BuildServiceProvider();
        var logger = provider.GetRequiredService<ILogger<IInvitationQueue>>();

        foreach (var method in typeof(LogMessages).GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            var failures = sabotage.Failures;
            method.Invoke(null, [.. method.GetParameters().Select(parameter => Argument(parameter.ParameterType, logger))]);
            Assert.Equal(failures + 1, sabotage.Failures);
        }
    }

    [Fact]
    public async Task NotifyAsync_TelemetryThrows_AnEventSourceSaysSoAndNothingOfTheInvitation()
    {
        using var listener = new Listener();
        using var sabotage = new Sabotage("log");
        await using var host = NotifierHost.Create(
            options => options.InvitationCreatedUrl = "https://example.com/?%invitee%%invitor%%network_id%",
            new MockProvider(time: null, HttpStatusCode.NoContent).Handler,
            register: sabotage.Register);

        await host.NotifyAsync();

        Assert.Equal(["log", "System.InvalidOperationException"], Assert.Single(listener.Events));
    }

    private static object? Argument(Type type, ILogger logger) =>
        type == typeof(ILogger) ? logger
        : type == typeof(string) ? "text"
        : type == typeof(Invitation) ? new Invitation("1", "2", "mynetwork")
        : type == typeof(Exception) ? new InvalidOperationException()
        : type == typeof(IReadOnlyCollection<KeyValuePair<string, int>>) ? Array.Empty<KeyValuePair<string, int>>()
        : type == typeof(NotificationResult) ? new NotificationResult { Outcome = NotificationOutcome.Unreachable }
        : type.IsValueType ? Activator.CreateInstance(type)
        : null;

    private sealed class Listener : EventListener
    {
        private readonly ConcurrentQueue<string?[]> _events = new();

        public IReadOnlyCollection<string?[]> Events => _events;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Acrobits.InvitationNotifier")
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            _events.Enqueue([.. eventData.Payload!.Select(value => value?.ToString())]);
    }
}
