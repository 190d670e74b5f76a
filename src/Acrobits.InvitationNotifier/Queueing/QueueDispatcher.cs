using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>
/// Delivers invitations that are due, and then completes, defers or drops them. An invitation counts against
/// <see cref="Capacity"/> until its first delivery has ended, and then against a capacity of the same size for redeliveries, so
/// that the invitations of a dead provider never keep new ones out.
/// </summary>
/// <remarks>
/// No thread or task waits for work. Adding or settling an invitation starts all deliveries that can start, and so does the
/// timer of the next deferral.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Deliveries that ignore their cancellation outlive the dispatcher, and the source owns only memory.")]
internal sealed class QueueDispatcher(
    InvitationQueueOptions options,
    IInvitationNotifier notifier,
    QueueMetrics metrics,
    Observers observers,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>The name of this kind of queue in traces.</summary>
    public const string System = "in_memory";

    private static readonly TimeSpan DelayWhileClosing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private readonly MemoryStore _store = new(options.MaxConcurrentDeliveriesPerNetwork, time);
    private readonly CapacityLimiter _redeliveryCapacity = new(options.Capacity, options.CapacityPerNetwork);
    private readonly RedeliverySchedule _schedule = options.Redelivery;
    private readonly ConcurrentDictionary<string, int> _droppedByShutdown = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _timerGate = new();
    private ITimer? _timer;

    private readonly CancellationTokenSource _aborting = new();

    // The dispatcher itself counts as one until it is complete.
    private int _unfinished = 1;
    private volatile bool _isStarted;
    private volatile bool _isClosing;
    private volatile bool _isAborted;
    private int _isComplete;

    /// <summary>The capacity for invitations whose first delivery has not ended.</summary>
    public CapacityLimiter Capacity { get; } = new(options.Capacity, options.CapacityPerNetwork);

    /// <summary>The number of invitations that wait for a redelivery.</summary>
    public int Deferred => _redeliveryCapacity.InUse;

    /// <summary>Completes when no invitations are left after <see cref="Complete"/>.</summary>
    public Task Drained => _drained.Task;

    /// <summary>The number of invitations that were dropped because the queue stopped, by network.</summary>
    public IReadOnlyCollection<KeyValuePair<string, int>> DroppedByShutdown => _droppedByShutdown;

    /// <summary>Adds an invitation. The caller has already entered <see cref="Capacity"/> for it.</summary>
    /// <returns>Whether it was accepted, which it is not after <see cref="Complete"/>.</returns>
    public bool TryAdd(Invitation invitation, TraceOrigin? origin)
    {
        metrics.Waiting(1);
        Interlocked.Increment(ref _unfinished);
        var queued = new QueuedInvitation(invitation, origin);
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

    /// <summary>Starts deliveries.</summary>
    public void Start()
    {
        _isStarted = true;
        StartDeliveries();
    }

    /// <summary>Ends all deferrals. Redeliveries are dropped; first deliveries are attempted at once.</summary>
    public void Close()
    {
        _isClosing = true;
        _store.EndDeferrals();
        StartDeliveries();
    }

    /// <summary>Stops accepting invitations, and delivers those in the queue.</summary>
    /// <returns>Whether this was the first call.</returns>
    public bool Complete()
    {
        if (Interlocked.Exchange(ref _isComplete, 1) != 0)
        {
            return false;
        }

        // A host that fails during startup stops a queue that was never started.
        Start();
        Close();
        CountFinished();
        return true;
    }

    /// <summary>Drops the remaining invitations, and cancels deliveries under way without waiting for them.</summary>
    public void Abort()
    {
        _isAborted = true;
        DropAllIfAborted();

        // Asynchronous, because an application's callback could block this thread.
        _ = _aborting.CancelAsync();
    }

    private void StartDeliveries()
    {
        while (_isStarted && _store.ClaimDue() is { } claimed)
        {
            // On the thread pool, because the application's code in a delivery can block. Without the execution context,
            // because the delivery belongs to the activity that enqueued it, and to no other that happens to start it.
            ThreadPool.UnsafeQueueUserWorkItem(
                static delivery => _ = delivery.Dispatcher.DeliverAsync(delivery.Claimed), (Dispatcher: this, Claimed: claimed), preferLocal: false);
        }
    }

    private async Task DeliverAsync(QueuedInvitation claimed)
    {
        if (!_isAborted && !(_isClosing && claimed.Redeliveries > 0))
        {
            using var activity = QueueTracing.StartProcess(claimed.Invitation, System, claimed.Deliveries + 1, claimed.Origin);
            var result = await NotifyAsync(claimed).ConfigureAwait(false);
            var progress = _store.TryTake(claimed)
                ? await SettleAsync(claimed, result).ConfigureAwait(false)
                : NotificationProgress.Dropped;
            activity?.End(progress);
        }
        else if (_store.TryTake(claimed))
        {
            await DropAsync(claimed).ConfigureAwait(false);
        }

        StartDeliveries();
    }

    // Null if the delivery threw an exception. The queue reports the delivery itself, because only the queue knows what follows.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<NotificationResult?> NotifyAsync(QueuedInvitation claimed)
    {
        try
        {
            return await (observers.Any
                ? ScheduledDelivery.NotifyAsync(notifier, claimed.Invitation, _aborting.Token)
                : notifier.NotifyAsync(claimed.Invitation, _aborting.Token)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The application's endpoint provider failed, for instance because its database is down.
            if (!_isAborted)
            {
                logger.DeliveryFailed(claimed.Invitation, exception, isRedelivered: claimed.Redeliveries < _schedule.Delays.Count);
            }

            return null;
        }
    }

    // The result is null if the delivery threw an exception. The invitation keeps its claim while observers get the report, so
    // that slow observers slow the queue down.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<NotificationProgress> SettleAsync(QueuedInvitation taken, NotificationResult? result)
    {
        var ended = time.GetTimestamp();
        taken.Deliveries++;
        var wasClosing = _isClosing;
        var (progress, delay, dropReason) = Decide(taken, result, wasClosing);
        await observers.ReportAsync(taken.Invitation, result, taken.Deliveries, progress, delay).ConfigureAwait(false);
        _store.Release(taken);
        if (delay is { } left)
        {
            Defer(taken, left - time.GetElapsedTime(ended), wasClosing);
        }
        else
        {
            Finish(taken, dropReason);
        }

        return progress;
    }

    // What follows a delivery: the delay before the next one, or why the invitation is dropped, or neither.
    private (NotificationProgress Progress, TimeSpan? Delay, string? DropReason) Decide(
        QueuedInvitation taken, NotificationResult? result, bool isClosing)
    {
        if (result is { IsTransient: false })
        {
            return (NotificationProgress.Completed, null, null);
        }

        if (_schedule.Next(taken.Redeliveries, result) is not { } next)
        {
            logger.ScheduleExhausted(taken.Invitation, taken.Redeliveries + 1);
            return (NotificationProgress.GivenUp, null, QueueMetrics.ScheduleExhausted);
        }

        // A count of 0: the destination was at its concurrency limit, so the first delivery is still to come. The invitation
        // stays in Capacity, so that callers wait and nothing is dropped.
        if (next.Count > 0 && taken.Redeliveries == 0 && !TryMoveToRedeliveries(taken))
        {
            logger.RedeliveryCapacityFull(taken.Invitation);
            return (NotificationProgress.Dropped, null, QueueMetrics.NoCapacity);
        }

        taken.Redeliveries = next.Count;
        if (isClosing && next.Count > 0)
        {
            return (NotificationProgress.Dropped, null, QueueMetrics.Shutdown);
        }

        var delay = isClosing ? DelayWhileClosing : next.Delay;
        logger.DeliveryDeferred(taken.Invitation, taken.Deliveries, delay, time.GetUtcNow() + delay);
        return (NotificationProgress.Deferred, delay, null);
    }

    // The invitation keeps this capacity until its last redelivery, so that newer invitations do not push out older ones.
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

    private void Defer(QueuedInvitation invitation, TimeSpan delay, bool wasClosing)
    {
        _store.Add(invitation, delay);
        SetTimer();
        if (_isClosing && !wasClosing)
        {
            Close();
        }

        DropAllIfAborted();
    }

    // Also called after an addition, which can race with the drop of all others.
    private void DropAllIfAborted()
    {
        if (_isAborted)
        {
            foreach (var invitation in _store.TakeAll())
            {
                _ = DropAsync(invitation);
            }
        }
    }

    // Reports the delivery that is under way or next as dropped. The observers have seconds for it, and the queue waits.
    private async Task DropAsync(QueuedInvitation taken)
    {
        await observers.ReportAsync(taken.Invitation, result: null, taken.Deliveries + 1, NotificationProgress.Dropped).ConfigureAwait(false);
        _store.Release(taken);
        Finish(taken, QueueMetrics.Shutdown);
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
            metrics.Dropped(invitation.Invitation, dropReason);
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
