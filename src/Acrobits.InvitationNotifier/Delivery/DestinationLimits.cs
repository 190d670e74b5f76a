using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// Limits the requests that are under way to one destination, and the attempts that wait for a slot. Web services that wait
/// get free slots in turn.
/// </summary>
/// <remarks>
/// The concurrency limiter of System.Threading.RateLimiting serves first come, first served, which lets a web service that
/// hangs take all slots. Its limit is fixed, so that a reload would have to replace it while requests are under way. Here
/// the limits in force count, also for those who began to wait under others.
/// </remarks>
internal sealed class DestinationLimits(Destination destination, SettingsProvider settings)
{
    private readonly Lock _gate = new();
    private readonly Queue<DestinationShare> _line = new();
    private FairPool _slots;
    private FairPool _places;

    /// <summary>How many web services used the destination lately; kept by <see cref="WebServiceStates"/>.</summary>
    public int Seen { get; set; }

    /// <summary>How many web services the destination has, as far as is known.</summary>
    public int CountWebServices() => Math.Max(Seen, settings.Current.CountWebServices(destination));

    /// <summary>Takes a slot, or waits for one. The caller gives it back with <see cref="Leave"/>.</summary>
    /// <param name="share">The web service's share.</param>
    /// <param name="run">Has the time to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there is a slot.</returns>
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

            // After a wait that timed out, one waits for all: a worker's other invitations would each be held up as long.
            var isPointless = run.Once && share is { IsCongested: true, Waiting.Count: > 0 };
            if (isPointless || !_places.HasRoom(share.Waiting.Count, settings.Current.Delivery.MaxQueuedRequests, this))
            {
                return new(false);
            }

            _places.Take(share.Waiting.Count);
            waiter = share.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            PutInLine(share);

            // A reload can have raised the limit since the last slot was given back.
            GiveOut();
        }

        return WaitAsync(share, run, waiter, cancellationToken);
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

    private bool TryTakeSlot(DestinationShare share)
    {
        if (!_slots.HasRoom(share.Slots, settings.Current.Delivery.MaxConcurrentRequests, this))
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
        for (var refused = 0; refused < _line.Count && !_slots.IsFull(settings.Current.Delivery.MaxConcurrentRequests);)
        {
            var share = _line.Dequeue();
            share.IsInLine = false;
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
                PutInLine(share);
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
    private bool TryGiveUp(DestinationShare share, LinkedListNode<TaskCompletionSource> waiter)
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
        _places.GiveBack(share.Waiting.Count);
        share.Waiting.Remove(waiter);
    }
}
