using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What one notification cost this process, and how many there were in a second.</summary>
internal sealed record Measurement(double AllocatedBytes, double ProcessorMicroseconds, double Rate)
{
    /// <summary>Sends notifications with a client of their own, after a few that open the connections.</summary>
    public static async Task<Measurement> TakeAsync(LoadContender contender, Workload workload, int notifications)
    {
        using var client = contender.Create(workload);
        await SendAsync(client, workload, Math.Max(workload.Concurrency, notifications / 10));

        // What others have left behind is not this one's work.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        await SendAsync(client, workload, notifications);
        var elapsed = Stopwatch.GetElapsedTime(started);
        processor = Environment.CpuUsage.TotalTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;

        return new Measurement(
            allocated / (double)notifications,
            processor.TotalMicroseconds / notifications,
            notifications / elapsed.TotalSeconds);
    }

    private static Task SendAsync(ILoadClient client, Workload workload, int notifications)
    {
        var left = notifications;
        return Task.WhenAll(Enumerable.Range(0, workload.Concurrency).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await client.SendAsync(workload.Invitation);
            }
        }))).WaitAsync(TimeSpan.FromMinutes(1));
    }
}
