using System.Collections.Concurrent;
using System.Threading.Channels;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>
/// The queue in memory. An accepted invitation holds a place in <see cref="_room"/> until its first delivery has ended,
/// then one in <see cref="_roomForRedelivery"/>: what a dead provider leaves behind never stands in the way of new ones.
/// </summary>
internal sealed class InvitationQueue : IInvitationQueue, IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan WaitAtTheEnd = TimeSpan.FromSeconds(1);

    private readonly Channel<(Invitation Invitation, IDisposable Room)> _accepted =
        Channel.CreateUnbounded<(Invitation, IDisposable)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly NetworkLimits _room;
    private readonly NetworkLimits _roomForRedelivery;
    private readonly NetworkLimits _turns;
    private readonly RedeliverySchedule _schedule;
    private readonly IInvitationNotifier _notifier;
    private readonly QueueMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<IInvitationQueue> _logger;

    // Stopping has two stages: nothing waits for room or a redelivery any longer, then what has not ended in time is dropped.
    // Deliveries have a source of their own, because an application's own part in them may block the thread that cancels it.
    // None is disposed of, which would free nothing, and would fail what still goes on.
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly CancellationTokenSource _abortingDeliveries = new();
    private readonly ConcurrentDictionary<string, int> _undelivered = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The queue itself counts as one until it is closed.
    private int _unfinished = 1;
    private int _isDispatching;
    private int _isClosed;

    public InvitationQueue(
        IOptions<InvitationQueueOptions> options,
        IInvitationNotifier notifier,
        QueueMetrics metrics,
        TimeProvider time,
        ILogger<IInvitationQueue> logger)
    {
        var (capacity, perNetwork) = (options.Value.Capacity, options.Value.CapacityPerNetwork);
        _room = new NetworkLimits(perNetwork, capacity);
        _roomForRedelivery = new NetworkLimits(perNetwork, capacity);
        _turns = new NetworkLimits(options.Value.MaxConcurrentDeliveriesPerNetwork);
        _schedule = options.Value.Redelivery;
        _notifier = notifier;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    public async ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        cancellationToken.ThrowIfCancellationRequested();

        var room = _room.TryAcquire(invitation.NetworkId)
            ?? await WaitForRoomAsync(invitation.NetworkId, cancellationToken).ConfigureAwait(false);
        _metrics.Waiting(1);
        Interlocked.Increment(ref _unfinished);
        if (!_accepted.Writer.TryWrite((invitation.WithId(), room)))
        {
            _metrics.Waiting(-1);
            room.Dispose();
            Finish();
            throw HasShutDown();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Dispatch();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Ends all waits. A web server stops before the queue does, and comes after its requests: one that waits for room would
    /// use up the time in which the queue is to deliver.
    /// </summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => _closing.CancelAsync();

    /// <summary>Takes no more, and lets what was accepted have its delivery until the token says that time is over.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var isFirst = Interlocked.Exchange(ref _isClosed, 1) == 0;
        if (isFirst)
        {
            // A host that failed while it started stops what it has not started, too.
            Dispatch();
            _accepted.Writer.Complete();
            await _closing.CancelAsync().ConfigureAwait(false);
            Finish();
        }

        // Who stops it once more must not come to the end before it does.
        await using (cancellationToken.Register(Abort).ConfigureAwait(false))
        {
            await _drained.Task.ConfigureAwait(false);
        }

        if (isFirst && !_undelivered.IsEmpty)
        {
            _logger.StoppedUndelivered(_undelivered);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends what goes on where nobody has stopped the queue, such as a host that failed while it started.</summary>
    public void Dispose() => _ = StopAsync(new CancellationToken(canceled: true));

    private static InvalidOperationException HasShutDown() => new("The queue has shut down.");

    private void Abort()
    {
        _aborting.Cancel();
        _ = _abortingDeliveries.CancelAsync();
    }

    private async Task<IDisposable> WaitForRoomAsync(string networkId, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            return await _room.AcquireAsync(networkId, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw HasShutDown();
        }
    }

    // Deliveries belong to nobody's context: an activity in which the host was started would be the parent of all of theirs.
    private void Dispatch()
    {
        if (Interlocked.Exchange(ref _isDispatching, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.DispatchAsync(), this, preferLocal: false);
        }
    }

    private async Task DispatchAsync()
    {
        await foreach (var (invitation, room) in _accepted.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            _ = RunAsync(invitation, room);
        }
    }

    private async Task RunAsync(Invitation invitation, IDisposable room)
    {
        try
        {
            await DeliverAsync(invitation, room).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _undelivered.AddOrUpdate(invitation.NetworkId, 1, static (_, count) => count + 1);
            _metrics.Dropped(invitation.NetworkId, QueueMetrics.Shutdown);
        }
        finally
        {
            Finish();
        }
    }

    // The life of one invitation in the queue. What cancels it is the end of the queue.
    private async Task DeliverAsync(Invitation invitation, IDisposable room)
    {
        NotificationResult? result;
        try
        {
            result = await TakeTurnAsync(invitation).ConfigureAwait(false);

            // What found no free slot at its destination was not delivered yet, and keeps its room: callers wait then, and
            // nothing is dropped.
            while (_schedule.Next(0, result) is { Count: 0 } next)
            {
                await WaitForSlotAsync(next.Delay).ConfigureAwait(false);
                result = await TakeTurnAsync(invitation).ConfigureAwait(false);
            }
        }
        finally
        {
            room.Dispose();
            _metrics.Waiting(-1);
        }

        // Kept from the first redelivery to the last: newer invitations do not push out what has been waiting.
        IDisposable? place = null;
        try
        {
            var redeliveries = 0;
            while (result is null or { IsTransient: true })
            {
                if (_schedule.Next(redeliveries, result) is not { } next)
                {
                    _logger.GivenUp(invitation.NetworkId, redeliveries + 1);
                    _metrics.Dropped(invitation.NetworkId, QueueMetrics.ScheduleUsedUp);
                    return;
                }

                if (place is null)
                {
                    place = _roomForRedelivery.TryAcquire(invitation.NetworkId);
                    if (place is null)
                    {
                        _logger.NoRoom(invitation.NetworkId);
                        _metrics.Dropped(invitation.NetworkId, QueueMetrics.NoRoom);
                        return;
                    }

                    _metrics.Deferred(1);
                }

                await Task.Delay(next.Delay, _time, _closing.Token).ConfigureAwait(false);
                redeliveries = next.Count;
                result = await TakeTurnAsync(invitation).ConfigureAwait(false);
            }
        }
        finally
        {
            if (place is not null)
            {
                place.Dispose();
                _metrics.Deferred(-1);
            }
        }
    }

    // While the queue ends there is no time to lose.
    private async Task WaitForSlotAsync(TimeSpan delay)
    {
        if (_closing.IsCancellationRequested)
        {
            await Task.Delay(WaitAtTheEnd, _time, _aborting.Token).ConfigureAwait(false);
            return;
        }

        try
        {
            await Task.Delay(delay, _time, _closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It ends now.
        }
    }

    // Null where the delivery ended in an exception.
    private async Task<NotificationResult?> TakeTurnAsync(Invitation invitation)
    {
        var aborted = _aborting.Token;
        using var turn = await _turns.AcquireAsync(invitation.NetworkId, aborted).ConfigureAwait(false);
        try
        {
            // An application's own part in the delivery may block its thread: neither other deliveries nor the end of the
            // queue wait for it.
            return await Task.Run(() => _notifier.NotifyAsync(invitation, _abortingDeliveries.Token), aborted)
                .WaitAsync(aborted).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            aborted.ThrowIfCancellationRequested();

            // The application's endpoint provider failed, perhaps because its database is down for a while.
            _logger.DeliveryFailed(invitation.NetworkId, exception);
            return null;
        }
    }

    private void Finish()
    {
        if (Interlocked.Decrement(ref _unfinished) == 0)
        {
            _drained.TrySetResult();
        }
    }
}
