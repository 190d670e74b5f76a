using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>What is in memory alone goes with its process: here a service container that is dropped, and another one.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task EnqueueAsync_ProcessDies_TheNextOneKnowsNothingOfIt()
    {
        var hanging = new TaskCompletionSource();
        await using var died = await QueueHost.StartAsync(ScriptedNotifier.Waiting(hanging));
        await died.EnqueueAsync("mynetwork", "1");
        await died.EnqueueAsync("mynetwork", "2");

        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Delivered);
        await using var next = await QueueHost.StartAsync(notifier);
        await next.EnqueueAsync("mynetwork", "3");
        await next.StopAsync();

        Assert.Equal(["3"], notifier.Invitees);
    }

    [Fact]
    public async Task NotifyAsync_ProcessDies_TheNextOneKnowsNothingOfIt()
    {
        var hanging = new MockProvider(time: null, async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("Not reached.");
        });
        using var death = new CancellationTokenSource();
        await using (var died = NotifierHost.Create(options => options.InvitationCreatedUrl = MockProvider.Url, hanging.Handler))
        {
            var first = died.Notifier.NotifyAsync(new Invitation("1", "johnsnow", "mynetwork"), death.Token);
            await Eventually.BecomesAsync(() => hanging.Requests.Count == 1, "a request under way");
            await death.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        var provider = new MockProvider(time: null, System.Net.HttpStatusCode.NoContent);
        await using var next = NotifierHost.Create(options => options.InvitationCreatedUrl = MockProvider.Url, provider.Handler);
        var second = await next.Notifier.NotifyAsync(new Invitation("2", "johnsnow", "mynetwork"));

        Assert.True(second.IsSuccess);
        Assert.Equal(["?invitee=2"], provider.Requests.Select(request => request.RequestUri!.Query));
    }
}
