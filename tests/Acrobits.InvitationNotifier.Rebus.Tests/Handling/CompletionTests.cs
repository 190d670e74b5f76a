using System.Net;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>What a later delivery would not change is done with.</summary>
public sealed class CompletionTests
{
    private readonly InMemoryBus _bus = new();

    [Theory]
    [InlineData(NotificationOutcome.Delivered, 204)]
    [InlineData(NotificationOutcome.Rejected, 200)]
    [InlineData(NotificationOutcome.Rejected, 302)]
    [InlineData(NotificationOutcome.Rejected, 404)]
    [InlineData(NotificationOutcome.Rejected, 501)]
    [InlineData(NotificationOutcome.Blocked, null)]
    [InlineData(NotificationOutcome.NotConfigured, null)]
    [InlineData(NotificationOutcome.Unrepresentable, null)]
    public async Task Handle_FinalOutcome_MessageIsGone(NotificationOutcome outcome, int? status)
    {
        var notifier = new FakeNotifier(new NotificationResult { Outcome = outcome, StatusCode = (HttpStatusCode?)status });
        await using (var host = await _bus.StartAsync(notifier))
        {
            await host.EnqueueAsync(Samples.Invitation);

            await notifier.UntilCalledAsync(1);
        }

        // The bus has stopped: all that it was doing has ended.
        Assert.Empty(_bus.Deferred);
        Assert.Equal(0, _bus.Network.Count());
        Assert.Equal(Samples.Invitation, Assert.Single(notifier.Invitations) with { Id = null });
    }

    [Fact]
    public async Task Handle_ManyInvitations_EachIsDeliveredOnce()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using var host = await _bus.StartAsync(notifier);

        await host.EnqueueAsync(Samples.Many(100));

        await notifier.UntilCalledAsync(100);
        await host.StopAsync();
        Assert.Equal(Samples.Many(100).ToHashSet(), notifier.Invitations.Select(invitation => invitation with { Id = null }).ToHashSet());
        Assert.Equal(100, notifier.Invitations.Count);
    }
}
