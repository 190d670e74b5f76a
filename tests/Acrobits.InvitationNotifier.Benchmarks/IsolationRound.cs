using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>One round of <see cref="IsolationScenario"/>, with a notifier of its own.</summary>
/// <param name="providers">The destinations.</param>
/// <param name="isMixed">Whether 30 % of the destinations are sick.</param>
/// <param name="rate">How many notifications a second arrive for all 1,000 destinations together.</param>
/// <param name="callers">
/// How many callers send to the healthy destinations as fast as they can; then notifications arrive for the others only.
/// </param>
internal sealed class IsolationRound(ProviderProcess providers, bool isMixed, double rate, int callers)
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Shuffled, always in the same way, so that neighbours have nothing in common.
    private static readonly int[] Order = Shuffled();

    private readonly int[] _pending = new int[ProviderProcess.Count];
    private readonly List<double>[] _latencies = [.. Order.Select(_ => new List<double>())];
    private CancellationToken _impatience;
    private IInvitationNotifier _notifier = null!;
    private double[] _sorted = [];
    private int _allPending;
    private volatile bool _isOver;
    private int _healthyFailed;

    public static string Times =>
        $"attempt {AttemptTimeout.TotalSeconds:F0} s, total {TotalTimeout.TotalSeconds:F0} s, retry after 0.1 s and more, circuit 3 s";

    public int[,] Outcomes { get; } = new int[Enum.GetValues<Behaviour>().Length, Enum.GetValues<NotificationOutcome>().Length];

    public int[] Attempts { get; } = new int[Enum.GetValues<Behaviour>().Length];

    public double ProcessorMilliseconds { get; private set; }

    public double HealthyDelivered => 1 - (_healthyFailed / (double)Math.Max(1, _sorted.Length + _healthyFailed));

    public bool IsDrained { get; private set; }

    public long PeakPending { get; private set; }

    public long PeakOfOne { get; private set; }

    public long PeakMemory { get; private set; }

    public long PeakHandles { get; private set; }

    public long PeakThreads { get; private set; }

    /// <summary>Deliveries a second to the destinations that are healthy in both workloads.</summary>
    public double Rate(TimeSpan length) => _sorted.Length / length.TotalSeconds;

    /// <summary>Milliseconds from the creation of a notification to its result, for the same destinations.</summary>
    public double Latency(double share) => Report.Percentile(_sorted, share);

    public static int CountHandles()
    {
        const string Handles = "/proc/self/fd";
        return Directory.Exists(Handles) ? Directory.EnumerateFileSystemEntries(Handles).Count() : Process.GetCurrentProcess().HandleCount;
    }

    public async Task<IsolationRound> RunAsync(TimeSpan length)
    {
        GC.Collect();
        using var impatience = new CancellationTokenSource();
        _impatience = impatience.Token;
        await using (CreateNotifier())
        {
            var processor = Environment.CpuUsage.TotalTime;
            var sampling = Task.Factory.StartNew(Sample, TaskCreationOptions.LongRunning);
            var arriving = Task.Factory.StartNew(() => Arrive(length), TaskCreationOptions.LongRunning);
            var calling = Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller))).ToArray();
            await arriving;
            _isOver = true;
            await Task.WhenAll(calling);
            await sampling;
            var spent = Environment.CpuUsage.TotalTime - processor;
            IsDrained = await DrainAsync(impatience);
            _sorted = [.. _latencies.SelectMany(latencies => latencies)];
            Array.Sort(_sorted);
            ProcessorMilliseconds = spent.TotalMilliseconds / _sorted.Length;
        }

        return this;
    }

    /// <summary>Far more notifications at once than the limits allow, for one destination that hangs.</summary>
    public static async Task<(int Sent, int PeakPending, int Suspended, bool IsDrained, double Seconds)> FloodAsync(
        ProviderProcess providers, int notifications)
    {
        var hanging = Array.Find(Order, destination => ProviderProcess.BehaviourOf(destination) == Behaviour.Hangs);
        var round = new IsolationRound(providers, isMixed: true, rate: 0, callers: 0);
        using var impatience = new CancellationTokenSource();
        round._impatience = impatience.Token;
        await using (round.CreateNotifier())
        {
            var started = Stopwatch.GetTimestamp();
            var pending = 0;
            for (var i = 0; i < notifications; i++)
            {
                // What is refused is back at once.
                _ = round.SendAsync(hanging, started);
                pending = Math.Max(pending, Volatile.Read(ref round._allPending));
            }

            var isDrained = await round.DrainAsync(impatience);
            return (
                notifications,
                pending,
                round.Outcomes[(int)Behaviour.Hangs, (int)NotificationOutcome.Suspended],
                isDrained,
                Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    private ServiceProvider CreateNotifier()
    {
        var services = new ServiceCollection();
        services.AddInvitationNotifier(options =>
        {
            options.Egress.AllowedRanges.Add("127.0.0.0/8");
            options.AttemptTimeout = AttemptTimeout;
            options.TotalTimeout = TotalTimeout;
            options.Retry.Delay /= 10;
            options.Retry.MaxDelay /= 10;
            options.CircuitBreaker.SamplingDuration /= 10;
            options.CircuitBreaker.BreakDuration /= 10;
            foreach (var destination in Order)
            {
                var port = isMixed && ProviderProcess.BehaviourOf(destination) != Behaviour.Answers ? providers.MixedPort : providers.HealthyPort;
                options.Networks.Add($"n{destination}", new InvitationEndpointOptions
                {
                    InvitationCreatedUrl = $"http://{ProviderProcess.AddressOf(destination)}:{port}/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%",
                });
            }
        });
        var provider = services.BuildServiceProvider();
        _notifier = provider.GetRequiredService<IInvitationNotifier>();
        return provider;
    }

    // A thread of its own, so that notifications arrive on time however busy the pool is. Each starts on the pool, as a
    // server's requests do, and its time runs from here.
    private void Arrive(TimeSpan length)
    {
        var destinations = callers == 0 ? Order : [.. Order.Where(destination => ProviderProcess.BehaviourOf(destination) != Behaviour.Answers)];
        var share = rate * destinations.Length / Order.Length;
        var started = Stopwatch.GetTimestamp();
        for (long sent = 0; Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < length;)
        {
            for (var due = (long)(elapsed.TotalSeconds * share); sent < due; sent++)
            {
                var destination = destinations[sent % destinations.Length];
                var created = Stopwatch.GetTimestamp();
                ThreadPool.UnsafeQueueUserWorkItem(_ => _ = SendAsync(destination, created), null);
            }

            Thread.Sleep(1);
        }
    }

    // The callers share the healthy destinations out among themselves.
    private async Task CallAsync(int caller)
    {
        var healthy = Order.Where(destination => ProviderProcess.BehaviourOf(destination) == Behaviour.Answers)
            .Where((_, index) => index % callers == caller).ToArray();
        for (var i = 0; !_isOver; i++)
        {
            await SendAsync(healthy[i % healthy.Length], Stopwatch.GetTimestamp());
        }
    }

    private async Task SendAsync(int destination, long created)
    {
        Interlocked.Increment(ref _pending[destination]);
        Interlocked.Increment(ref _allPending);
        try
        {
            var behaviour = ProviderProcess.BehaviourOf(destination);
            var result = await _notifier.NotifyAsync(new Invitation("15551231234", "johnsnow", $"n{destination}"), _impatience);
            Interlocked.Increment(ref Outcomes[(int)behaviour, (int)result.Outcome]);
            Interlocked.Add(ref Attempts[(int)behaviour], result.Attempts);
            if (behaviour != Behaviour.Answers)
            {
                return;
            }

            if (!result.IsSuccess)
            {
                Interlocked.Increment(ref _healthyFailed);
            }
            else if (!_isOver)
            {
                lock (_latencies[destination])
                {
                    _latencies[destination].Add(Stopwatch.GetElapsedTime(created).TotalMilliseconds);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It did not come back in time, which is reported.
        }
        finally
        {
            Interlocked.Decrement(ref _pending[destination]);
            Interlocked.Decrement(ref _allPending);
        }
    }

    private async Task<bool> DrainAsync(CancellationTokenSource impatience)
    {
        var started = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _allPending) > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                await impatience.CancelAsync();
                return false;
            }

            await Task.Delay(20);
        }

        return true;
    }

    private void Sample()
    {
        while (!_isOver)
        {
            PeakPending = Math.Max(PeakPending, Volatile.Read(ref _allPending));
            PeakOfOne = Math.Max(PeakOfOne, _pending.Max());
            PeakMemory = Math.Max(PeakMemory, GC.GetTotalMemory(forceFullCollection: false));
            PeakHandles = Math.Max(PeakHandles, CountHandles());
            PeakThreads = Math.Max(PeakThreads, ThreadPool.ThreadCount);
            Thread.Sleep(100);
        }
    }

    private static int[] Shuffled()
    {
        var order = Enumerable.Range(0, ProviderProcess.Count).ToArray();
        new Random(1).Shuffle(order);
        return order;
    }
}
