using System.Diagnostics.Metrics;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>The queue as an application gets it, with everything kept that it logs and measures.</summary>
internal sealed class QueueHost : IAsyncDisposable
{
    /// <summary>The event that says when the next delivery follows.</summary>
    public const int Deferral = 34;

    private const string Prefix = "acrobits.invitation_notifier.";

    private readonly ServiceProvider _services;
    private readonly MetricCollector<long> _waiting;
    private readonly MetricCollector<long> _deferred;
    private readonly MetricCollector<long> _dropped;

    private QueueHost(ServiceProvider services)
    {
        _services = services;
        var factory = services.GetRequiredService<IMeterFactory>();
        _waiting = new(factory, "Acrobits.InvitationNotifier", Prefix + "queue.waiting");
        _deferred = new(factory, "Acrobits.InvitationNotifier", Prefix + "queue.deferred");
        _dropped = new(factory, "Acrobits.InvitationNotifier", Prefix + "queue.dropped");
        Queue = services.GetRequiredService<IInvitationQueue>();
    }

    public IServiceProvider Services => _services;

    public IInvitationQueue Queue { get; }

    public IReadOnlyList<FakeLogRecord> Logs => _services.GetFakeLogCollector().GetSnapshot();

    public long Waiting => Sum(_waiting);

    /// <summary>The least that there ever was, by the metric.</summary>
    public long LeastWaiting
    {
        get
        {
            var sum = 0L;
            return _waiting.GetMeasurementSnapshot().Min(measurement => sum += measurement.Value);
        }
    }

    public long Deferred => Sum(_deferred);

    /// <summary>What the metric says was dropped: network and reason of each.</summary>
    public IReadOnlyList<(string Network, string Reason)> Dropped =>
    [
        .. _dropped.GetMeasurementSnapshot().SelectMany(measurement => Enumerable.Repeat(
            ((string)measurement.Tags[Prefix + "network.id"]!, (string)measurement.Tags[Prefix + "drop.reason"]!),
            (int)measurement.Value)),
    ];

    /// <summary>A queue whose host has not started.</summary>
    public static QueueHost Create(
        Action<IServiceCollection> addNotifier, Action<InvitationQueueOptions>? configure = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        services.AddMetrics();
        services.AddSingleton(time ?? TimeProvider.System);
        addNotifier(services);

        // No test but its own ends a wait by this: the machine may be slow, and clocks jump.
        services.AddInvitationQueue(options => options.EnqueueTimeout = TimeSpan.FromDays(1));
        services.AddInvitationQueue(configure);
        return new QueueHost(services.BuildServiceProvider(validateScopes: true));
    }

    public static QueueHost Create(
        IInvitationNotifier notifier, Action<InvitationQueueOptions>? configure = null, TimeProvider? time = null) =>
        Create(services => services.AddSingleton(notifier), configure, time);

    /// <summary>A queue whose host runs.</summary>
    public static async Task<QueueHost> StartAsync(
        IInvitationNotifier notifier, Action<InvitationQueueOptions>? configure = null, TimeProvider? time = null)
    {
        var host = Create(notifier, configure, time);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    /// <summary>Stops as a host does whose timeout the token is.</summary>
    public async Task StopAsync(CancellationToken timeout = default)
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StopAsync(timeout).WaitAsync(Eventually.Limit, CancellationToken.None);
        }
    }

    public Task EnqueueAsync(string networkId, string invitee = "1", CancellationToken cancellationToken = default) =>
        Queue.EnqueueAsync(new Invitation(invitee, "johnsnow", networkId), cancellationToken).AsTask();

    public Task BecomesAsync(Func<QueueHost, bool> condition, string what) => Eventually.BecomesAsync(() => condition(this), what);

    public IReadOnlyList<FakeLogRecord> Logged(int eventId) => [.. Logs.Where(record => record.Id.Id == eventId)];

    public async ValueTask DisposeAsync()
    {
        // What still hangs must not outlive its test.
        await StopAsync(new CancellationToken(canceled: true));
        _waiting.Dispose();
        _deferred.Dispose();
        _dropped.Dispose();
        await _services.DisposeAsync();
    }

    private static long Sum(MetricCollector<long> collector) =>
        collector.GetMeasurementSnapshot().Sum(measurement => measurement.Value);
}
