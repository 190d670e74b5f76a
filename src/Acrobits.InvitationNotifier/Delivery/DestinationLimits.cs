using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// Limits the concurrent requests to one destination, and the attempts that wait for a slot. Waiting web services take turns in
/// getting free slots.
/// </summary>
/// <remarks>
/// The concurrency limiter of System.Threading.RateLimiting is strictly first-in, first-out, so a web service that hangs could
/// take all slots. Its limit is fixed, so a reload would have to replace it while requests are under way. Here a changed limit
/// applies at once, also to attempts that already wait.
/// </remarks>
internal sealed class DestinationLimits(Destination destination, SettingsProvider settings)
{
    private readonly Lock _gate = new();
    private readonly Queue<DestinationShare> _turns = new();
    private FairPool _slots;
    private FairPool _queuePositions;

    /// <summary>The number of web services that recently used the destination. <see cref="WebServiceStates"/> maintains it.</summary>
    public int RecentWebServices { get; set; }

    /// <summary>Returns the number of known web services of the destination.</summary>
    public int CountWebServices() => Math.Max(RecentWebServices, settings.Current.CountWebServices(destination));

    /// <summary>Takes a slot, or waits for one. The caller returns it with <see cref="Leave"/>.</summary>
    /// <param name="share">The web service's share.</param>
    /// <param name="run">The delivery, which limits the wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether the attempt got a slot.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled during the wait.</exception>
    public ValueTask<bool> EnterAsync(DestinationShare share, DeliveryRun run, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> waiter;
        lock (_gate)
        {
            if (share.Waiting.Count == 0 && TryTakeSlot(share))
            {
                return new(true);
            }

            // After a wait that timed out, only one call at a time waits. Otherwise each invitation of a worker would wait as long.
            var isPointless = run.Once && share is { IsCongested: true, Waiting.Count: > 0 };
            if (isPointless || !_queuePositions.CanTake(share.Waiting.Count, settings.Current.Delivery.MaxQueuedRequests, this))
            {
                return new(false);
            }

            _queuePositions.Take(share.Waiting.Count);
            waiter = share.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            EnqueueForSlot(share);

            // A reload can have raised the limit since the last slot was returned.
            GrantSlots();
        }

        return WaitAsync(share, run, waiter, cancellationToken);
    }

    /// <summary>Returns a slot.</summary>
    public void Leave(DestinationShare share)
    {
        lock (_gate)
        {
            share.Slots = _slots.Return(share.Slots);
            if (_turns.Count > 0)
            {
                GrantSlots();
            }
        }
    }

    private bool TryTakeSlot(DestinationShare share)
    {
        if (!_slots.CanTake(share.Slots, settings.Current.Delivery.MaxConcurrentRequests, this))
        {
            return false;
        }

        share.Slots = _slots.Take(share.Slots);
        return true;
    }

    private void EnqueueForSlot(DestinationShare share)
    {
        if (!share.IsEnqueued)
        {
            share.IsEnqueued = true;
            _turns.Enqueue(share);
        }
    }

    // Grants one slot to each web service in turn, until no waiting web service may take another.
    private void GrantSlots()
    {
        for (var refused = 0; refused < _turns.Count && !_slots.IsFull(settings.Current.Delivery.MaxConcurrentRequests);)
        {
            var share = _turns.Dequeue();
            share.IsEnqueued = false;
            if (share.Waiting.First is not { } first)
            {
                continue;
            }

            if (TryTakeSlot(share))
            {
                Remove(share, first);
                first.Value.SetResult();
                refused = 0;
            }
            else
            {
                refused++;
            }

            if (share.Waiting.Count > 0)
            {
                EnqueueForSlot(share);
            }
        }
    }

    private async ValueTask<bool> WaitAsync(
        DestinationShare share, DeliveryRun run, LinkedListNode<TaskCompletionSource> waiter, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(run.MaxWait, run.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await waiter.Value.Task.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var hasSlot = !TryStopWaiting(share, waiter);
            if (cancellationToken.IsCancellationRequested)
            {
                if (hasSlot)
                {
                    Leave(share);
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            if (!hasSlot)
            {
                return false;
            }
        }

        share.IsCongested = false;
        return true;
    }

    // Returns false if the attempt got its slot at the same moment.
    private bool TryStopWaiting(DestinationShare share, LinkedListNode<TaskCompletionSource> waiter)
    {
        lock (_gate)
        {
            if (waiter.List is null)
            {
                return false;
            }

            Remove(share, waiter);
            share.IsCongested = true;
            return true;
        }
    }

    private void Remove(DestinationShare share, LinkedListNode<TaskCompletionSource> waiter)
    {
        _queuePositions.Return(share.Waiting.Count);
        share.Waiting.Remove(waiter);
    }
}
