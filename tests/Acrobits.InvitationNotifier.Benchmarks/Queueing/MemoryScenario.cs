using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Benchmarks.Queueing;

/// <summary>
/// The queue in memory: how fast it accepts invitations, what it allocates for each, and how fast it delivers them beside as
/// many callers of the notifier, in turn.
/// </summary>
internal static class MemoryScenario
{
    private const int Callers = 32;
    private const double LeastThroughput = 0.9;

    public static async Task<bool> RunAsync(bool quick)
    {
        var invitations = Enumerable.Range(0, quick ? 2000 : 10_000).Select(DurableScenario.InvitationOf).ToArray();
        var rounds = quick ? 2 : 7;
        using var providers = await ProviderProcess.StartAsync();
        var provider = new Uri($"http://{ProviderProcess.AddressOf(0)}:{providers.HealthyPort}/");

        Console.WriteLine($"{invitations.Length} invitations for one provider, {Callers} at a time, {rounds} round(s); medians.");
        var direct = new List<double>();
        var queued = new List<double>();
        for (var round = 0; round < rounds + 1; round++)
        {
            // The first one is not counted: it compiles the code.
            var both = (Direct: await DeliverAsync(provider, invitations), Queued: await DeliverQueuedAsync(provider, invitations));
            if (round > 0)
            {
                direct.Add(both.Direct);
                queued.Add(both.Queued);
            }
        }

        var (rate, bytes) = await AcceptAsync(invitations);
        Report.Table(
            ["memory", "invitations/s", "spread"],
            [
                Row($"{Callers} callers of the notifier", direct),
                Row("through the queue", queued),
            ]);
        Console.WriteLine();
        Console.WriteLine($"Accepted: {Report.Number(rate)} invitations/s by one caller; {Report.Number(bytes)} B each, from the call until it is delivered by a notifier that does nothing.");

        var throughput = Report.Median(queued.Select((value, round) => value / direct[round]));
        return Report.Target($"the queue keeps {throughput:P0} of the throughput (at least {LeastThroughput:P0})", throughput >= LeastThroughput);
    }

    private static string[] Row(string what, List<double> rates) =>
        [what, Report.Number(Report.Median(rates)), $"{Report.Number(rates.Min())} - {Report.Number(rates.Max())}"];

    private static async Task<double> DeliverAsync(Uri provider, Invitation[] invitations)
    {
        using var host = Build(services => QueueWorker.AddNotifier(services, provider));
        var notifier = host.Services.GetRequiredService<IInvitationNotifier>();
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            invitations,
            new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (invitation, _) => await notifier.NotifyAsync(invitation, CancellationToken.None));
        return invitations.Length / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> DeliverQueuedAsync(Uri provider, Invitation[] invitations)
    {
        using var host = Build(services => QueueWorker.AddNotifier(services, provider)
            .AddInvitationQueue(options => options.CapacityPerNetwork = options.Capacity));
        await host.StartAsync();
        var queue = host.Services.GetRequiredService<IInvitationQueue>();
        var clock = Stopwatch.StartNew();
        foreach (var invitation in invitations)
        {
            await queue.EnqueueAsync(invitation);
        }

        // Stopping waits until all are delivered.
        await host.StopAsync();
        return invitations.Length / clock.Elapsed.TotalSeconds;
    }

    private static async Task<(double Rate, double Bytes)> AcceptAsync(Invitation[] invitations)
    {
        using var host = Build(services => services.AddSingleton<IInvitationNotifier, IdleNotifier>()
            .AddInvitationQueue(options => options.CapacityPerNetwork = options.Capacity));
        await host.StartAsync();
        var queue = host.Services.GetRequiredService<IInvitationQueue>();
        await EnqueueAllAsync(queue, invitations);

        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        await EnqueueAllAsync(queue, invitations);
        var seconds = clock.Elapsed.TotalSeconds;
        await host.StopAsync();
        return (invitations.Length / seconds, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)invitations.Length);
    }

    private static async Task EnqueueAllAsync(IInvitationQueue queue, Invitation[] invitations)
    {
        foreach (var invitation in invitations)
        {
            await queue.EnqueueAsync(invitation);
        }
    }

    private static IHost Build(Action<IServiceCollection> add)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(2));
        add(builder.Services);
        return builder.Build();
    }

    private sealed class IdleNotifier : IInvitationNotifier
    {
        private static readonly Task<NotificationResult> Delivered =
            Task.FromResult(new NotificationResult { Outcome = NotificationOutcome.Delivered, Attempts = 1 });

        public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default) => Delivered;
    }
}
