using Acrobits.InvitationNotifier.Rebus.Tests.Support;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>What a provider that hangs costs the others: places of the worker, and no more.</summary>
public sealed class IsolationTests
{
    private const int HangingPlaces = 3;

    [Fact]
    public async Task Handle_DestinationHangs_OthersAreDelivered()
    {
        var released = new TaskCompletionSource();
        var notifier = new FakeNotifier(async (invitation, cancellationToken) =>
        {
            if (invitation.NetworkId == "dead")
            {
                await released.Task.WaitAsync(cancellationToken);
            }

            return new NotificationResult { Outcome = NotificationOutcome.Delivered };
        });
        var bus = new InMemoryBus();
        await using var host = await bus.StartAsync(
            notifier, configure: configurer => configurer.Options(options => options.SetMaxParallelism(HangingPlaces + 1)));

        await host.EnqueueAsync(Samples.Many(HangingPlaces).Select(invitation => invitation with { NetworkId = "dead" }));
        await notifier.UntilCalledAsync(HangingPlaces);
        await host.EnqueueAsync(Samples.Many(10));

        await Eventually.BecomesAsync(
            () => notifier.Invitations.Count(invitation => invitation.NetworkId != "dead") == 10, "all others are delivered");
        Assert.False(released.Task.IsCompleted);
        released.SetResult();
    }
}
