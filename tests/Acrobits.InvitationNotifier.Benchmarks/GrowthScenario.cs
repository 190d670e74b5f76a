using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>
/// A server that runs for long: after the first notifications, nothing that the library holds grows, however many follow,
/// and its callers do not wait for each other's locks.
/// </summary>
internal static class GrowthScenario
{
    private const int First = 100_000;

    // What the collector and the compiler do at their leisure, and not with the count of notifications.
    private const double MostGrownShare = 0.1;
    private const double MostHeldBytes = 1e6;

    // Each notification takes several locks that all callers of one destination share, for a few instructions each. Now and
    // then the system takes the processor away from the one that holds it.
    private const double MostWaitsInAMillion = 100;

    public static async Task<bool> RunAsync(bool quick)
    {
        var all = quick ? 500_000 : 10_000_000;
        var step = quick ? First : 1_000_000;
        var services = new ServiceCollection();
        services.AddInvitationNotifier(options => options.InvitationCreatedUrl = DocumentedRequest.UrlTemplate)
            .ConfigurePrimaryHttpMessageHandler(() => new NoContentHandler());
        await using var provider = services.BuildServiceProvider();
        var notifier = provider.GetRequiredService<IInvitationNotifier>();

        var contended = Monitor.LockContentionCount;
        var started = Stopwatch.GetTimestamp();
        var moments = new List<Moment>();
        for (var sent = 0; sent < all;)
        {
            var count = sent == 0 ? First : Math.Min(step - (sent % step), all - sent);
            await NotifyAsync(notifier, count);
            sent += count;
            var held = Report.HeldMemory();
            moments.Add(new Moment(sent, Environment.WorkingSet, held, Monitor.LockContentionCount - contended));
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Report.Table(
            ["notifications", "working set, MB", "held on the heap, MB", "waits for a lock"],
            moments.Select(moment => (string[])
            [
                Report.Number(moment.Sent),
                Report.Megabytes(moment.WorkingSet),
                Report.Number(moment.Held / 1e6, 3),
                Report.Number(moment.Contended),
            ]));

        var (first, last) = (moments[0], moments[^1]);
        var grown = (last.WorkingSet / (double)first.WorkingSet) - 1;
        var heldMore = last.Held - first.Held;
        var waits = last.Contended / (last.Sent / 1e6);
        Console.WriteLine();
        Console.WriteLine($"{Environment.ProcessorCount} callers at a time, {Report.Number(last.Sent / seconds)} notifications a second.");
        var met = Report.Target($"the working set grew by {Report.Number(grown * 100, 1)} % after the first {Report.Number(First)} (at most {MostGrownShare:P0})", grown <= MostGrownShare);
        met &= Report.Target($"the heap holds {Report.Number(heldMore)} B more (at most {Report.Number(MostHeldBytes)})", heldMore <= MostHeldBytes);
        met &= Report.Target($"{Report.Number(waits, 1)} waits for a lock in a million notifications (at most {MostWaitsInAMillion})", waits <= MostWaitsInAMillion);
        return met;
    }

    private static Task NotifyAsync(IInvitationNotifier notifier, int count)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var result = await notifier.NotifyAsync(DocumentedRequest.Invitation);
                if (!result.IsSuccess)
                {
                    throw new InvalidOperationException($"The notification ended as {result.Outcome}.", result.Exception);
                }
            }
        })));
    }

    private sealed record Moment(int Sent, long WorkingSet, long Held, long Contended);
}
