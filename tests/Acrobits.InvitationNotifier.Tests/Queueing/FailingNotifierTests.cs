using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>An application's own part in a delivery fails: its endpoint provider, or its configuration.</summary>
public sealed class FailingNotifierTests
{
    public static TheoryData<string> Failures => ["InvalidOperationException", "TaskCanceledException", "OptionsValidationException"];

    [Theory]
    [MemberData(nameof(Failures))]
    public Task EnqueueAsync_NotifierThrows_IsTriedAgainLater(string failure) =>
        AssertTriedAgainAsync(failure, () => throw Exception(failure));

    [Theory]
    [MemberData(nameof(Failures))]
    public Task EnqueueAsync_NotifierReturnsAFailedTask_IsTriedAgainLater(string failure) =>
        AssertTriedAgainAsync(failure, () => Task.FromException<NotificationResult>(Exception(failure)));

    [Fact]
    public async Task EnqueueAsync_NotifierAlwaysThrows_IsDroppedAndTheQueueLivesOn()
    {
        var notifier = new ScriptedNotifier((invitation, _) => invitation.NetworkId == "bad"
            ? throw new InvalidOperationException()
            : Task.FromResult(ScriptedNotifier.Delivered));
        await using var host = await QueueHost.StartAsync(notifier, options => options.Redelivery = new(TimeSpan.Zero, TimeSpan.Zero));

        for (var i = 0; i < 10; i++)
        {
            await host.EnqueueAsync("bad", $"b{i}");
            await host.EnqueueAsync("good", $"g{i}");
        }

        await host.BecomesAsync(host => host.Dropped.Count == 10 && host.Waiting + host.Deferred == 0, "done");
        await host.StopAsync();
        Assert.Equal(10, notifier.Invitees.Count(invitee => invitee[0] == 'g'));
        Assert.Equal(30, host.Logged(33).Count);
        Assert.All(host.Dropped, dropped => Assert.Equal(("bad", "schedule_exhausted"), dropped));
    }

    [Fact]
    public async Task EnqueueAsync_EndpointProviderOfTheApplicationThrows_IsDeliveredLater()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, System.Net.HttpStatusCode.NoContent);
        await using var host = QueueHost.Create(
            services => services
                .AddSingleton<IInvitationEndpointProvider, RecoveringProvider>()
                .AddInvitationNotifier(_ => { })
                .ConfigurePrimaryHttpMessageHandler(() => provider.Handler),
            time: time);
        await host.StartAsync();

        await host.EnqueueAsync("mynetwork");

        await host.BecomesAsync(_ => provider.Requests.Count == 1, "delivered");
        Assert.Equal([5], time.Delays);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("throws later")]
    [InlineData("never returns")]
    [InlineData("blocks")]
    public async Task EnqueueAsync_EndpointProviderFailsForANetwork_EachIsDeliveredOrCountedAsDropped(string manner)
    {
        using var release = new ManualResetEventSlim();
        var provider = new MockProvider(time: null, System.Net.HttpStatusCode.NoContent);
        await using var host = QueueHost.Create(
            services => services
                .AddSingleton<IInvitationEndpointProvider>(new FailingProvider(manner, release))
                .AddInvitationNotifier(_ => { })
                .ConfigurePrimaryHttpMessageHandler(() => provider.Handler),
            options => (options.MaxConcurrentDeliveriesPerNetwork, options.Redelivery) = (2, new(TimeSpan.Zero)));
        await host.StartAsync();

        for (var i = 0; i < 200; i++)
        {
            await host.EnqueueAsync(i % 4 == 0 ? "bad" : "good", $"{i}");
        }

        await host.BecomesAsync(host => provider.Requests.Count == 150 && host.Waiting <= 50, "all others are delivered");
        try
        {
            await host.StopAsync(new CancellationToken(canceled: manner is "never returns" or "blocks"));
        }
        finally
        {
            release.Set();
        }

        Assert.Equal(150, provider.Requests.Count);
        Assert.Equal(50, host.Dropped.Count);
        Assert.All(host.Dropped, dropped => Assert.Equal("bad", dropped.Network));
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
    }

    private static async Task AssertTriedAgainAsync(string failure, Func<Task<NotificationResult>> fail)
    {
        // What is wrong with the notifier's own options quotes no values.
        var described = failure == nameof(OptionsValidationException) ? $"{failure}: UserAgent: is blank. Write one" : failure;
        var time = new SkippingTime();
        var failures = 2;
        var notifier = new ScriptedNotifier((_, _) => Interlocked.Decrement(ref failures) >= 0
            ? fail()
            : Task.FromResult(ScriptedNotifier.Delivered));
        await using var host = await QueueHost.StartAsync(notifier, time: time);

        await host.EnqueueAsync("mynetwork");

        await host.BecomesAsync(host => notifier.Deliveries.Count == 3 && host.Deferred == 0, "delivered");
        Assert.Equal([5, 300], time.Delays);
        Assert.Equal([33, QueueHost.Deferral, 33, QueueHost.Deferral], host.Logs.Select(record => record.Id.Id));
        Assert.All(host.Logged(33), record =>
        {
            Assert.Equal((33, LogLevel.Error), (record.Id.Id, record.Level));
            Assert.Equal(
                $"Network mynetwork, created invitation {record.GetStructuredStateValue("InvitationId")}: the application's endpoint provider, HTTP handlers or configuration threw an exception "
                    + $"during a delivery: {described}. The invitation is redelivered on schedule.",
                record.Message);

            // Nobody knows what an application writes into its messages.
            Assert.Null(record.Exception);
        });
    }

    private static Exception Exception(string name) => name switch
    {
        "TaskCanceledException" => new TaskCanceledException("s3cr3t"),
        "OptionsValidationException" => new OptionsValidationException("", typeof(InvitationNotifierOptions), ["UserAgent: is blank. Write one."]),
        _ => new InvalidOperationException("s3cr3t"),
    };

    private sealed class RecoveringProvider : IInvitationEndpointProvider
    {
        private int _calls;

        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) =>
            ++_calls == 1
                ? throw new TimeoutException("The database is down.")
                : new(InvitationEndpoint.Create(new() { InvitationCreatedUrl = MockProvider.Url }));
    }

    private sealed class FailingProvider(string manner, ManualResetEventSlim release) : IInvitationEndpointProvider
    {
        private readonly InvitationEndpoint _good = InvitationEndpoint.Create(new() { InvitationCreatedUrl = MockProvider.Url });

        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken)
        {
            if (networkId == "good")
            {
                return new(_good);
            }

            if (manner == "blocks")
            {
                release.Wait(2 * Eventually.Limit, CancellationToken.None);
            }

            return manner switch
            {
                "throws later" => FailLaterAsync(),
                "never returns" => new(new TaskCompletionSource<InvitationEndpoint?>().Task),
                _ => throw new InvalidOperationException(),
            };
        }

        private static async ValueTask<InvitationEndpoint?> FailLaterAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException();
        }
    }
}
