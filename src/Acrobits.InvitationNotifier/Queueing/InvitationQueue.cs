using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>The queue in memory. Implements the interfaces for its callers and for the host.</summary>
internal sealed class InvitationQueue : IInvitationQueue, IHostedLifecycleService, IDisposable
{
    private readonly QueueDispatcher _dispatcher;
    private readonly TimeSpan _enqueueTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger<IInvitationQueue> _logger;

    // Ends the waits of callers. Not disposed, because callers can still arrive, and it owns only memory.
    private readonly CancellationTokenSource _closing = new();

    public InvitationQueue(
        IOptions<InvitationQueueOptions> options,
        IInvitationNotifier notifier,
        QueueMetrics metrics,
        Observers observers,
        TimeProvider time,
        ILogger<IInvitationQueue> logger)
    {
        _dispatcher = new QueueDispatcher(options.Value, notifier, metrics, observers, time, logger);
        Capacity = options.Value.Capacity;
        _enqueueTimeout = options.Value.EnqueueTimeout;
        _time = time;
        _logger = logger;
    }

    /// <summary>The maximum number of invitations that wait for their first delivery, and as many for redeliveries.</summary>
    public int Capacity { get; }

    /// <summary>The number of invitations whose first delivery has not ended.</summary>
    public int Waiting => _dispatcher.Capacity.InUse;

    /// <summary>The number of invitations that wait for a redelivery.</summary>
    public int Deferred => _dispatcher.Deferred;

    public async ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        cancellationToken.ThrowIfCancellationRequested();

        var identified = invitation.WithId();
        using var activity = QueueTracing.StartSend(identified, QueueDispatcher.System);
        try
        {
            if (!_dispatcher.Capacity.TryEnter(identified.NetworkId))
            {
                await WaitForCapacityAsync(identified.NetworkId, cancellationToken).ConfigureAwait(false);
            }

            if (!_dispatcher.TryAdd(identified, TracedOperation.HasListeners ? TraceOrigin.Current : null))
            {
                throw CreateShutdownException();
            }
        }
        catch (Exception exception)
        {
            activity?.SetError(ErrorType.Of(exception));
            throw;
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _dispatcher.Start();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Ends all waits. A web server stops before the queue and waits for its requests. A request that waits for capacity would
    /// use up the shutdown timeout of the queue.
    /// </summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _dispatcher.Close();
        return _closing.CancelAsync();
    }

    /// <summary>
    /// Stops accepting invitations, and waits until those in the queue are delivered or the token is canceled.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var isFirst = _dispatcher.Complete();
        if (isFirst)
        {
            await _closing.CancelAsync().ConfigureAwait(false);
        }

        // A second call also waits for the deliveries.
        await using (cancellationToken.Register(_dispatcher.Abort).ConfigureAwait(false))
        {
            await _dispatcher.Drained.ConfigureAwait(false);
        }

        if (isFirst && _dispatcher.DroppedByShutdown.Count > 0)
        {
            _logger.StoppedUndelivered(_dispatcher.DroppedByShutdown);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Drops the remaining invitations if the queue was never stopped, for instance because the host failed during startup.
    /// </summary>
    public void Dispose() => _ = StopAsync(new CancellationToken(canceled: true));

    private static InvalidOperationException CreateShutdownException() => new("The queue is shutting down or has shut down. The invitation was not accepted.");

    private async Task WaitForCapacityAsync(string networkId, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_enqueueTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token, timeout.Token);
        try
        {
            await _dispatcher.Capacity.EnterAsync(networkId, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _closing.IsCancellationRequested ? CreateShutdownException() : CreateTimeoutException(networkId);
        }
    }

    private TimeoutException CreateTimeoutException(string networkId) => new(
        $"The queue is full: an invitation of network {new LogSafeText(networkId)} was not accepted within {_enqueueTimeout:c} "
        + $"({nameof(InvitationQueueOptions.EnqueueTimeout)}). Enqueue it again later, or raise "
        + $"{nameof(InvitationQueueOptions.Capacity)} and {nameof(InvitationQueueOptions.CapacityPerNetwork)}.");
}
