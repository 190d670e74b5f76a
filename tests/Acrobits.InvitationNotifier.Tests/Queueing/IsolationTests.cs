using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>Many deliveries at a time, and none that holds up another network's.</summary>
public sealed class IsolationTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task EnqueueAsync_DeadNetworks_OthersAreDelivered()
    {
        var notifier = ScriptedNotifier.Waiting(_gate, "dead 1", "dead 2");
        await using var host = await QueueHost.StartAsync(notifier);
        for (var i = 0; i < 100; i++)
        {
            await host.EnqueueAsync($"dead {1 + (i % 2)}", $"d{i}");
        }

        for (var i = 0; i < 100; i++)
        {
            await host.EnqueueAsync($"healthy {i % 10}", $"h{i}");
        }

        await host.BecomesAsync(host => host.Waiting == 100, "all others are delivered");
        Assert.Equal(100, notifier.Invitees.Count(invitee => invitee[0] == 'h'));
    }

    [Fact]
    public async Task EnqueueAsync_ManyNetworks_AreAllDeliveredAtATime()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        await using var host = await QueueHost.StartAsync(notifier);

        for (var i = 0; i < 300; i++)
        {
            await host.EnqueueAsync($"network {i % 100}", $"{i}");
        }

        await host.BecomesAsync(_ => notifier.Deliveries.Count == 300, "300 deliveries are under way");
    }

    [Fact]
    public async Task EnqueueAsync_OneNetwork_IsDeliveredAsManyAtATimeAsItMay()
    {
        var (running, most) = (0, 0);
        var notifier = new ScriptedNotifier(async (_, _) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await _gate.Task;
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return ScriptedNotifier.Delivered;
        });
        await using var host = await QueueHost.StartAsync(notifier, options => options.MaxConcurrentDeliveriesPerNetwork = 3);

        for (var i = 0; i < 100; i++)
        {
            await host.EnqueueAsync("a", $"{i}");
        }

        await host.BecomesAsync(_ => Volatile.Read(ref most) == 3, "three deliveries are under way");
        _gate.SetResult();
        await host.StopAsync();
        Assert.Equal(3, most);
        Assert.Equal(100, notifier.Invitees.Distinct().Count());
    }

    [Fact]
    public async Task EnqueueAsync_EndpointProviderBlocksItsThread_OthersAreDelivered()
    {
        using var release = new ManualResetEventSlim();
        var notifier = new ScriptedNotifier((invitation, _) =>
        {
            if (invitation.NetworkId == "blocking")
            {
                release.Wait(Eventually.Limit, CancellationToken.None);
            }

            return Task.FromResult(ScriptedNotifier.Delivered);
        });
        await using var host = await QueueHost.StartAsync(notifier);

        await host.EnqueueAsync("blocking", "b");
        await host.EnqueueAsync("other", "o");

        await host.BecomesAsync(host => host.Waiting == 1 && notifier.Invitees.Contains("o"), "the other one is delivered");
        release.Set();
        await host.StopAsync();
        Assert.Empty(host.Dropped);
    }

    [Fact]
    public async Task EnqueueAsync_ProviderHangs_OthersGetTheirRequests()
    {
        var time = new FakeTimeProvider();
        var provider = new MockProvider(time, (request, cancellationToken) => request.RequestUri!.Host == "dead.example"
            ? MockProvider.Hang(request, cancellationToken)
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent)));
        await using var host = QueueHost.Create(
            services => services.AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.Networks["dead"] = new() { InvitationCreatedUrl = "http://dead.example/" };
            }).ConfigurePrimaryHttpMessageHandler(() => provider.Handler),
            time: time);
        await host.StartAsync();

        for (var i = 0; i < 100; i++)
        {
            await host.EnqueueAsync("dead", $"{i}");
            await host.EnqueueAsync("healthy", $"{i}");
        }

        // The clock stands still: no timeout has helped.
        int RequestsTo(string name) => provider.Requests.Count(request => request.RequestUri!.Host == name);
        await host.BecomesAsync(host => host.Waiting == 100 && RequestsTo("dead.example") == 32, "all others are delivered");
        Assert.Equal(100, RequestsTo("provider.example"));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
