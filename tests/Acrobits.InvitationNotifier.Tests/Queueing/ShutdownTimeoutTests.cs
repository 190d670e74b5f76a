using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>The time that the host has for its shutdown is over.</summary>
public sealed class ShutdownTimeoutTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData("heeds")]
    [InlineData("ignores")]
    [InlineData("blocks")]
    public async Task StopAsync_HostsTimeoutIsOver_HangingDeliveriesAreCut(string manner)
    {
        using var release = new ManualResetEventSlim();
        var cancellation = CancellationToken.None;
        var notifier = new ScriptedNotifier(async (invitation, cancellationToken) =>
        {
            cancellation = cancellationToken;
            if (manner == "blocks")
            {
                release.Wait(2 * Eventually.Limit, CancellationToken.None);
            }

            await (manner == "heeds" ? _gate.Task.WaitAsync(cancellationToken) : _gate.Task);
            return ScriptedNotifier.Delivered;
        });
        await using var host = await QueueHost.StartAsync(notifier, options => options.MaxConcurrentDeliveriesPerNetwork = 1);
        await host.EnqueueAsync("a", "1");
        await host.EnqueueAsync("a", "2");
        await host.BecomesAsync(_ => cancellation.CanBeCanceled, "the delivery is under way");
        using var timeout = new CancellationTokenSource();

        var stopping = host.StopAsync(timeout.Token);
        Assert.False(stopping.IsCompleted);
        await timeout.CancelAsync();
        try
        {
            await stopping;
        }
        finally
        {
            release.Set();
        }

        Assert.True(cancellation.IsCancellationRequested);
        Assert.Single(notifier.Deliveries);
        Assert.Equal([("a", "shutdown"), ("a", "shutdown")], host.Dropped);
        Assert.Equal(
            "The queue has stopped, and 2 invitation(s) were dropped undelivered: a (2).", Assert.Single(host.Logs).Message);
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
        _gate.SetResult();
    }

    [Fact]
    public async Task StopAsync_DeliveryBlocksTheThreadThatCancelsIt_IsNotWaitedFor()
    {
        using var release = new ManualResetEventSlim();
        var notifier = new ScriptedNotifier(async (invitation, cancellationToken) =>
        {
            if (invitation.NetworkId == "blocking")
            {
                cancellationToken.Register(() => release.Wait(2 * Eventually.Limit, CancellationToken.None));
            }

            await _gate.Task;
            return ScriptedNotifier.Delivered;
        });
        await using var host = await QueueHost.StartAsync(notifier);
        await host.EnqueueAsync("a");
        await host.BecomesAsync(_ => notifier.Deliveries.Count == 1, "the first delivery is under way");
        await host.EnqueueAsync("blocking");
        await host.BecomesAsync(_ => notifier.Deliveries.Count == 2, "both are");

        try
        {
            await Task.Run(() => host.StopAsync(new CancellationToken(canceled: true))).WaitAsync(Eventually.Limit);
        }
        finally
        {
            release.Set();
        }

        Assert.Equal([("a", "shutdown"), ("blocking", "shutdown")], host.Dropped.Order());
        _gate.SetResult();
    }

    [Fact]
    public async Task StopAsync_RealHost_IsCutAtItsTimeout()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IInvitationNotifier>(notifier).AddInvitationQueue();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IInvitationQueue>().EnqueueAsync(new Invitation("1", "2", "a"));
        await Eventually.BecomesAsync(() => notifier.Deliveries.Count == 1, "the delivery is under way");

        await host.StopAsync().WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task StopAsync_WebServerComesAfterARequestThatWaitsForRoom_TheTimeIsTheQueues()
    {
        var notifier = ScriptedNotifier.Waiting(_gate);
        var server = new WebServer();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IInvitationNotifier>(notifier).AddInvitationQueue(options => options.CapacityPerNetwork = 1);
        builder.Services.AddHostedService(_ => server);
        using var host = builder.Build();
        await host.StartAsync();
        var queue = host.Services.GetRequiredService<IInvitationQueue>();
        await queue.EnqueueAsync(new Invitation("1", "2", "a"));
        server.Request = queue.EnqueueAsync(new Invitation("2", "2", "a")).AsTask();
        Assert.False(server.Request.IsCompleted);

        var stopping = host.StopAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.Request.WaitAsync(Eventually.Limit));
        _gate.SetResult();

        await stopping.WaitAsync(Eventually.Limit);
        Assert.Equal(["1"], notifier.Invitees);
    }

    // Started last, hence stopped first.
    private sealed class WebServer : IHostedService
    {
        public Task Request { get; set; } = Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAny(Request, Task.Delay(-1, cancellationToken));
    }
}
