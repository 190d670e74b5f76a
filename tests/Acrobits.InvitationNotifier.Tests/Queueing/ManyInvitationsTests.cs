using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>Whatever the order of things: nothing accepted is lost, and nothing is delivered twice.</summary>
public sealed class ManyInvitationsTests
{
    private const int Count = 5_000;
    private const int Networks = 50;
    private static readonly RedeliverySchedule ThreeTimes = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    [Fact]
    public async Task EnqueueAsync_ManyFailSomeTimes_EachIsDeliveredAsOftenAsItTakes()
    {
        var failures = Failures(seed: 1, most: 4);
        var notifier = FailingAtFirst(failures);
        await using var host = await QueueHost.StartAsync(notifier, options => options.Redelivery = ThreeTimes);

        await EnqueueAllAsync(host);
        await host.BecomesAsync(host => host.Waiting == 0 && notifier.Deliveries.Count == failures.Sum(DeliveriesOf), "all done");
        await host.StopAsync();

        var deliveries = Counts(notifier);
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(DeliveriesOf(failures[i]), deliveries[$"{i}"]));
        Assert.Equal(
            Enumerable.Range(0, Count).Where(i => failures[i] == 4).Select(i => (NetworkOf(i), "schedule_exhausted")).Order(),
            host.Dropped.Order());
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
    }

    [Fact]
    public async Task EnqueueAsync_LittleRoomAndManyCancelled_EachAcceptedIsDeliveredOrCountedAsDropped()
    {
        var failures = Failures(seed: 2, most: 4);
        var notifier = FailingAtFirst(failures);
        await using var host = await QueueHost.StartAsync(
            notifier,
            options =>
            {
                (options.Capacity, options.CapacityPerNetwork, options.MaxConcurrentDeliveriesPerNetwork) = (64, 8, 2);
                options.Redelivery = ThreeTimes;
            });

        var accepted = await EnqueueAllAsync(host, cancelEachTenth: true);
        await host.StopAsync();

        var deliveries = Counts(notifier);
        Assert.Equal(accepted.Select(i => $"{i}").Order(), deliveries.Keys.Order());
        Assert.All(accepted, i => Assert.InRange(deliveries[$"{i}"], 1, DeliveriesOf(failures[i])));
        var delivered = accepted.Count(i => failures[i] < 4 && deliveries[$"{i}"] == DeliveriesOf(failures[i]));
        Assert.Equal(accepted.Count, delivered + host.Dropped.Count);
        Assert.Equal((0, 0), (host.Waiting, host.Deferred));
        Assert.Equal(0, host.LeastWaiting);
    }

    private static string NetworkOf(int invitation) => $"network {invitation % Networks}";

    private static Dictionary<string, int> Counts(ScriptedNotifier notifier) =>
        notifier.Invitees.GroupBy(invitee => invitee).ToDictionary(group => group.Key, group => group.Count());

    private static int DeliveriesOf(int failures) => Math.Min(failures + 1, 4);

    private static int[] Failures(int seed, int most)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Count).Select(_ => random.Next(4) == 0 ? random.Next(1, most + 1) : 0)];
    }

    private static ScriptedNotifier FailingAtFirst(int[] failures)
    {
        var left = failures.ToArray();
        return new(async (invitation, _) =>
        {
            var isFailing = Interlocked.Decrement(ref left[int.Parse(invitation.Invitee, null)]) >= 0;
            if (isFailing)
            {
                await Task.Yield();
            }

            return isFailing ? ScriptedNotifier.Failed : ScriptedNotifier.Delivered;
        });
    }

    /// <summary>Enqueues from several threads.</summary>
    /// <returns>What was accepted.</returns>
    private static async Task<IReadOnlyCollection<int>> EnqueueAllAsync(QueueHost host, bool cancelEachTenth = false)
    {
        var accepted = new ConcurrentBag<int>();
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using var caller = new CancellationTokenSource();
            var enqueuing = host.EnqueueAsync(NetworkOf(i), $"{i}", caller.Token);
            if (cancelEachTenth && i % 10 == 0)
            {
                await caller.CancelAsync();
            }

            try
            {
                await enqueuing.WaitAsync(Eventually.Limit, CancellationToken.None);
                accepted.Add(i);
            }
            catch (OperationCanceledException) when (caller.IsCancellationRequested)
            {
                // Not accepted.
            }
        });
        return accepted;
    }
}
