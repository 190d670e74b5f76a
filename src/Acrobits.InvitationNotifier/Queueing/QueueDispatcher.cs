using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>
/// Delivers what is due, then completes, defers or drops it. An invitation holds a place in <see cref="Capacity"/> until its
/// first delivery has been made, then one in a share of the same size for redeliveries: what a dead provider leaves behind
/// never keeps new invitations out.
/// </summary>
/// <remarks>
/// No thread or task waits. Whatever adds or settles an invitation, and the timer of the next deferral, also starts all the
/// deliveries that can start.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Deliveries that ignore their cancellation outlive it, and the source has nothing to free.")]
internal sealed class QueueDispatcher(
    InvitationQueueOptions options, IInvitationNotifier notifier, QueueMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan DelayWhileClosing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly MemoryStore _store = new(options.MaxConcurrentDeliveriesPerNetwork, time);
    private readonly FairShare _redeliveryCapacity = new(options.Capacity, options.CapacityPerNetwork);
    private readonly RedeliverySchedule _schedule = options.Redelivery;
    private readonly ConcurrentDictionary<string, int> _droppedByShutdown = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _timerGate = new();
    private ITimer? _timer;

    private readonly CancellationTokenSource _aborting = new();

    // The dispatcher counts as one until it is complete.
    private int _unfinished = 1;
    private volatile bool _isStarted;
    private volatile bool _isClosing;
    private volatile bool _isAborted;
    private int _isComplete;

    /// <summary>The places of invitations that were not delivered yet.</summary>
    public FairShare Capacity { get; } = new(options.Capacity, options.CapacityPerNetwork);

    /// <summary>Ends when nothing is left after <see cref="Complete"/>.</summary>
    public Task Drained => _drained.Task;

    /// <summary>How many invitations were dropped because the queue stopped, by network.</summary>
    public IReadOnlyCollection<KeyValuePair<string, int>> DroppedByShutdown => _droppedByShutdown;

    /// <summary>Adds an invitation, for which the caller has taken a place in <see cref="Capacity"/>.</summary>
    /// <returns>Whether it was accepted: not after <see cref="Complete"/>.</returns>
    public bool TryAdd(Invitation invitation)
    {
        metrics.Waiting(1);
        Interlocked.Increment(ref _unfinished);
        var queued = new QueuedInvitation(invitation);
        if (Volatile.Read(ref _isComplete) != 0)
        {
            Finish(queued, dropReason: null);
            return false;
        }

        _store.Add(queued, TimeSpan.Zero);
        StartDeliveries();
        DropAllIfAborted();
        return true;
    }

    /// <summary>Begins to deliver.</summary>
    public void Start()
    {
        _isStarted = true;
        StartDeliveries();
    }

    /// <summary>Ends all deferrals. Redeliveries are dropped; what was not delivered yet is tried again at once.</summary>
    public void Close()
    {
        _isClosing = true;
        _store.EndDeferrals();
        StartDeliveries();
    }

    /// <summary>Accepts no more, and delivers what was accepted.</summary>
    /// <returns>Whether this was the first call.</returns>
    public bool Complete()
    {
        if (Interlocked.Exchange(ref _isComplete, 1) != 0)
        {
            return false;
        }

        // A host that failed while it started stops a queue that was never started.
        Start();
        Close();
        CountFinished();
        return true;
    }

    /// <summary>Drops all that is left, and cancels the deliveries under way without waiting for them.</summary>
    public void Abort()
    {
        _isAborted = true;
        DropAllIfAborted();

        // Not on this thread, which an application's callback could block.
        _ = _aborting.CancelAsync();
    }

    private void StartDeliveries()
    {
        while (_isStarted && _store.ClaimDue() is { } claimed)
        {
            if (_isClosing && claimed.Redeliveries > 0)
            {
                if (_store.Settle(claimed))
                {
                    Finish(claimed, QueueMetrics.Shutdown);
                }

                continue;
            }

            // On the pool, because the application's code in a delivery can block its thread. Without the context of this
            // call, because its activity would become the parent of the delivery's.
            ThreadPool.UnsafeQueueUserWorkItem(
                static delivery => _ = delivery.Dispatcher.DeliverAsync(delivery.Claimed), (Dispatcher: this, Claimed: claimed), preferLocal: false);
        }
    }

    private async Task DeliverAsync(QueuedInvitation claimed)
    {
        NotificationResult? result = null;
        try
        {
            if (!_isAborted)
            {
                result = await notifier.NotifyAsync(claimed.Invitation, _aborting.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // The application's endpoint provider failed, perhaps because its database is down for a while.
            if (!_isAborted)
            {
                logger.DeliveryFailed(claimed.NetworkId, exception);
            }
        }

        Settle(claimed, result);
        StartDeliveries();
    }

    // The result is null if the delivery ended in an exception.
    private void Settle(QueuedInvitation claimed, NotificationResult? result)
    {
        if (!_store.Settle(claimed))
        {
            return;
        }

        if (result is { IsTransient: false })
        {
            Finish(claimed, dropReason: null);
        }
        else if (_schedule.Next(claimed.Redeliveries, result) is not { } next)
        {
            logger.GivenUp(claimed.NetworkId, claimed.Redeliveries + 1);
            Finish(claimed, QueueMetrics.ScheduleUsedUp);
        }
        else if (next.Count == 0 || claimed.Redeliveries > 0 || TryMoveToRedeliveries(claimed))
        {
            // A count of 0: its destination had no free slot, so it was not delivered yet. It keeps its place, so that
            // callers wait and nothing is dropped.
            claimed.Redeliveries = next.Count;
            Defer(claimed, next.Delay);
        }
        else
        {
            logger.NoRoom(claimed.NetworkId);
            Finish(claimed, QueueMetrics.NoRoom);
        }
    }

    // Its new place is kept until the last redelivery: newer invitations do not push out older ones.
    private bool TryMoveToRedeliveries(QueuedInvitation invitation)
    {
        if (!_redeliveryCapacity.TryEnter(invitation.NetworkId))
        {
            return false;
        }

        Capacity.Leave(invitation.NetworkId);
        metrics.Waiting(-1);
        metrics.Deferred(1);
        return true;
    }

    private void Defer(QueuedInvitation invitation, TimeSpan delay)
    {
        var wasClosing = _isClosing;
        if (wasClosing && invitation.Redeliveries > 0)
        {
            Finish(invitation, QueueMetrics.Shutdown);
            return;
        }

        _store.Add(invitation, wasClosing ? DelayWhileClosing : delay);
        SetTimer();
        if (_isClosing && !wasClosing)
        {
            Close();
        }

        DropAllIfAborted();
    }

    // Also called by what may have been added just after all others were dropped.
    private void DropAllIfAborted()
    {
        if (_isAborted)
        {
            foreach (var invitation in _store.TakeAll())
            {
                Finish(invitation, QueueMetrics.Shutdown);
            }
        }
    }

    private void Finish(QueuedInvitation invitation, string? dropReason)
    {
        if (invitation.Redeliveries > 0)
        {
            _redeliveryCapacity.Leave(invitation.NetworkId);
            metrics.Deferred(-1);
        }
        else
        {
            Capacity.Leave(invitation.NetworkId);
            metrics.Waiting(-1);
        }

        if (dropReason is not null)
        {
            metrics.Dropped(invitation.NetworkId, dropReason);
        }

        if (dropReason == QueueMetrics.Shutdown)
        {
            _droppedByShutdown.AddOrUpdate(invitation.NetworkId, 1, static (_, count) => count + 1);
        }

        CountFinished();
    }

    private void CountFinished()
    {
        if (Interlocked.Decrement(ref _unfinished) == 0)
        {
            SetTimer();
            _drained.TrySetResult();
        }
    }

    private void SetTimer()
    {
        lock (_timerGate)
        {
            _timer?.Dispose();
            _timer = _store.NextDue is { } delay
                ? time.CreateTimer(
                    static dispatcher => ((QueueDispatcher)dispatcher!).OnDue(),
                    this,
                    delay < TimerResolution ? TimerResolution : delay,
                    Timeout.InfiniteTimeSpan)
                : null;
        }
    }

    private void OnDue()
    {
        SetTimer();
        StartDeliveries();
    }
}
