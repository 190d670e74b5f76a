namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// Limits the requests that are under way to one destination, and the attempts that wait for a slot. Web services that wait
/// get free slots in turn.
/// </summary>
/// <remarks>
/// The concurrency limiter of System.Threading.RateLimiting serves first come, first served, which lets a web service that
/// hangs take all slots. Its limit is fixed, so that a reload would have to replace it while requests are under way.
/// </remarks>
internal sealed class DestinationLimits
{
    private readonly Lock _gate = new();
    private readonly Queue<DestinationShare> _line = new();
    private FairPool _slots;
    private FairPool _places;

    /// <summary>How many web services used the destination lately; kept by <see cref="WebServiceStates"/>.</summary>
    public int WebServices { get; set; }

    /// <summary>Takes a slot, or waits for one. The caller gives it back with <see cref="Leave"/>.</summary>
    /// <param name="share">The web service's share.</param>
    /// <param name="run">Has the limits, and the time to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there is a slot.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled during the wait.</exception>
    public ValueTask<bool> EnterAsync(DestinationShare share, DeliveryRun run, CancellationToken cancellationToken)
    {
        LinkedListNode<DestinationShare.Waiter> waiter;
        lock (_gate)
        {
            if (share.Waiting.Count == 0 && TryTakeSlot(share, run))
            {
                return new(true);
            }

            // After a wait that timed out, one waits for all: a worker's other invitations would each be held up as long.
            var isPointless = run.Once && share is { IsCongested: true, Waiting.Count: > 0 };
            if (isPointless || !_places.HasRoom(share.Waiting.Count, run.Settings.MaxQueuedRequests, run, WebServices))
            {
                return new(false);
            }

            _places.Take(share.Waiting.Count);
            waiter = share.Waiting.AddLast(new DestinationShare.Waiter(run));
            PutInLine(share);

            // A reload can have raised the limit since the last slot was given back.
            GiveOut();
        }

        return WaitAsync(share, waiter, cancellationToken);
    }

    /// <summary>Gives a slot back.</summary>
    public void Leave(DestinationShare share)
    {
        lock (_gate)
        {
            share.Slots = _slots.GiveBack(share.Slots);
            if (_line.Count > 0)
            {
                GiveOut();
            }
        }
    }

    private bool TryTakeSlot(DestinationShare share, DeliveryRun run)
    {
        if (!_slots.HasRoom(share.Slots, run.Settings.MaxConcurrentRequests, run, WebServices))
        {
            return false;
        }

        share.Slots = _slots.Take(share.Slots);
        return true;
    }

    private void PutInLine(DestinationShare share)
    {
        if (!share.IsInLine)
        {
            share.IsInLine = true;
            _line.Enqueue(share);
        }
    }

    // One slot for each in turn, until none of those in line may take another.
    private void GiveOut()
    {
        for (var refused = 0; refused < _line.Count;)
        {
            var first = _line.Peek().Waiting.First;
            if (first is not null && _slots.IsFull(first.Value.Run.Settings.MaxConcurrentRequests))
            {
                return;
            }

            var share = _line.Dequeue();
            share.IsInLine = false;
            if (first is null)
            {
                continue;
            }

            if (TryTakeSlot(share, first.Value.Run))
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
                PutInLine(share);
            }
        }
    }

    private async ValueTask<bool> WaitAsync(
        DestinationShare share, LinkedListNode<DestinationShare.Waiter> waiter, CancellationToken cancellationToken)
    {
        var run = waiter.Value.Run;
        using var timer = new CancellationTokenSource(run.MaxWait, run.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await waiter.Value.Task.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var hasSlot = !TryGiveUp(share, waiter);
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

    // False where the attempt was given its slot at the same moment.
    private bool TryGiveUp(DestinationShare share, LinkedListNode<DestinationShare.Waiter> waiter)
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

    private void Remove(DestinationShare share, LinkedListNode<DestinationShare.Waiter> waiter)
    {
        _places.GiveBack(share.Waiting.Count);
        share.Waiting.Remove(waiter);
    }
}
