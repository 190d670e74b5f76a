using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>What a provider that hangs costs the others: places of the worker, and no more.</summary>
public sealed class IsolationTests
{
    private const int HangingPlaces = 3;

    [Fact]
    public async Task Handle_MoreInvitationsHangThanThereArePlaces_OthersAreDelivered()
    {
        await using var dead = RawProvider.Playing(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.UntilHangUpAsync();
        });
        await using var healthy = RawProvider.Answering(Answers.NoContent);
        var time = new FakeTimeProvider();
        var bus = new InMemoryBus();
        await using var host = await bus.StartAsync(
            services =>
            {
                services.AddSingleton<TimeProvider>(time);
                services.AddInvitationNotifier(options =>
                {
                    options.InvitationCreatedUrl = healthy.Url("/");
                    options.Networks["dead"] = new() { InvitationCreatedUrl = dead.Url("/") };
                    options.Egress.AllowedRanges = ["127.0.0.0/8"];
                    options.CircuitBreaker = new() { MinimumThroughput = HangingPlaces, BreakDuration = TimeSpan.FromHours(1) };
                });
            },
            configure: configurer => configurer.Options(options => options.SetMaxParallelism(HangingPlaces)));

        await host.EnqueueAsync(Samples.Many(50).Select(invitation => invitation with { NetworkId = "dead" }));
        await host.EnqueueAsync(Samples.Many(10));

        // They time out when they are all that there is, so that no slow machine makes a healthy attempt time out.
        await Eventually.BecomesAsync(() => dead.Requests.Count == HangingPlaces, "all places are taken");
        time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.BecomesAsync(
            () => healthy.Requests.Count == 10 && healthy.OpenConnections == 0, "all others are delivered");
        await Eventually.BecomesAsync(
            () =>
            {
                time.Advance(dead.OpenConnections > 0 ? TimeSpan.FromSeconds(10) : TimeSpan.Zero);
                return bus.Deferred.Count == 50;
            },
            "those that hang are put off");

        // With as many under way when the circuit opened.
        Assert.InRange(dead.Requests.Count, HangingPlaces, 2 * HangingPlaces);
    }

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
