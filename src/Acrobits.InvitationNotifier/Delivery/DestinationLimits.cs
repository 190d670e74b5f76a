using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// Limits the concurrent requests to one destination, the requests per second, and the attempts that wait. An attempt gets a slot
/// and a token at the same moment, so none holds one of them while it waits for the other. Waiting web services take turns.
/// </summary>
/// <remarks>
/// The concurrency limiter of System.Threading.RateLimiting is strictly first-in, first-out, so a web service that hangs could
/// take all slots. Its limit is fixed, so a reload would have to replace it while requests are under way. Here a changed limit
/// applies at once, also to attempts that already wait.
/// </remarks>
internal sealed class DestinationLimits
{
    private readonly Lock _gate = new();
    private readonly Queue<DestinationShare> _turns = new();
    private readonly Destination _destination;
    private readonly SettingsProvider _settings;
    private readonly DestinationRate _rate;
    private FairPool _slots;
    private FairPool _queuePositions;

    public DestinationLimits(Destination destination, SettingsProvider settings, TimeProvider time)
    {
        _destination = destination;
        _settings = settings;
        _rate = new DestinationRate(time, OnToken);
    }

    /// <summary>The number of web services that recently used the destination. <see cref="WebServiceStates"/> maintains it.</summary>
    public int RecentWebServices { get; set; }

    private bool IsUsedUp => _slots.IsFull(Settings.MaxConcurrentRequests) || _rate.IsUsedUp(Settings.MaxRequestsPerSecond);

    private DeliverySettings Settings => _settings.Current.Delivery;

    /// <summary>Returns the number of known web services of the destination.</summary>
    public int CountWebServices() => Math.Max(RecentWebServices, _settings.Current.CountWebServices(_destination));

    /// <summary>Takes a slot and a token, or waits for them. The caller returns them with <see cref="Leave"/>.</summary>
    /// <param name="share">The web service's share.</param>
    /// <param name="run">The delivery, which limits the wait.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Null if the attempt may be sent; otherwise why not.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled during the wait.</exception>
    public ValueTask<Refusal?> EnterAsync(DestinationShare share, DeliveryRun run, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> waiter;
        lock (_gate)
        {
            // Those that wait come first: a token can have come, or a reload can have raised a limit.
            Grant();
            if (share.Waiting.Count == 0 && TryTake(share, hasWaited: false))
            {
                return default;
            }

            // After a wait that timed out, only one call at a time waits. Otherwise each invitation of a worker would wait as long.
            var isPointless = run.Once && share is { IsCongested: true, Waiting.Count: > 0 };
            if (isPointless || !_queuePositions.CanTake(share.Waiting.Count, Settings.MaxQueuedRequests, this))
            {
                return new(Refuse(share));
            }

            _queuePositions.Take(share.Waiting.Count);
            waiter = share.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            Enqueue(share);
            SetTimer();
        }

        return WaitAsync(share, run, waiter, cancellationToken);
    }

    /// <summary>Returns a slot, and the token if no request was sent.</summary>
    public void Leave(DestinationShare share, bool isSent)
    {
        lock (_gate)
        {
            share.Slots = _slots.Return(share.Slots);
            if (!isSent)
            {
                _rate.Return(Settings.MaxRequestsPerSecond);
            }

            Grant();
        }
    }

    /// <summary>Applies changed limits to the attempts that wait.</summary>
    public void Update()
    {
        lock (_gate)
        {
            Grant();
        }
    }

    /// <summary>Forgets a web service that is no longer used.</summary>
    public void Forget(DestinationShare share)
    {
        lock (_gate)
        {
            RecentWebServices--;
            _rate.Forget(share);
        }
    }

    private bool TryTake(DestinationShare share, bool hasWaited)
    {
        var current = Settings;
        if (!_slots.CanTake(share.Slots, current.MaxConcurrentRequests, this)
            || !_rate.TryTake(share, current.MaxRequestsPerSecond, hasWaited))
        {
            return false;
        }

        share.Slots = _slots.Take(share.Slots);
        return true;
    }

    private void Enqueue(DestinationShare share)
    {
        if (!share.IsEnqueued)
        {
            share.IsEnqueued = true;
            _turns.Enqueue(share);
        }
    }

    // Grants one slot and one token to each web service in turn, until no waiting web service may take another.
    private void Grant()
    {
        if (_turns.Count == 0)
        {
            return;
        }

        for (var refused = 0; refused < _turns.Count && !IsUsedUp;)
        {
            var share = _turns.Dequeue();
            share.IsEnqueued = false;
            if (share.Waiting.First is not { } first)
            {
                continue;
            }

            if (TryTake(share, hasWaited: true))
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
                Enqueue(share);
            }
        }

        SetTimer();
    }

    // Wakes those that wait for a token. The return of a slot wakes those that wait for one.
    private void SetTimer()
    {
        if (_turns.Count > 0 && Settings.MaxRequestsPerSecond is { } rate && !_slots.IsFull(Settings.MaxConcurrentRequests))
        {
            _rate.SetTimer(rate);
        }
    }

    private void OnToken()
    {
        lock (_gate)
        {
            _rate.EndTimer();
            Grant();
        }
    }

    private async ValueTask<Refusal?> WaitAsync(
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
            var refusal = StopWaiting(share, waiter);
            if (cancellationToken.IsCancellationRequested)
            {
                if (refusal is null)
                {
                    Leave(share, isSent: false);
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            if (refusal is not null)
            {
                return refusal;
            }
        }

        share.IsCongested = false;
        return null;
    }

    // Returns null if the attempt was granted.
    private Refusal? StopWaiting(DestinationShare share, LinkedListNode<TaskCompletionSource> waiter)
    {
        lock (_gate)
        {
            // The token can have come at the same moment.
            Grant();
            if (waiter.List is null)
            {
                return null;
            }

            Remove(share, waiter);
            share.IsCongested = true;
            return Refuse(share);
        }
    }

    private Refusal Refuse(DestinationShare share) => _rate.Refuse(share, Settings) is { } left
        ? new Refusal(Suspension.RateLimit, left)
        : new Refusal(Suspension.ConcurrencyLimit, Left: null);

    private void Remove(DestinationShare share, LinkedListNode<TaskCompletionSource> waiter)
    {
        _queuePositions.Return(share.Waiting.Count);
        share.Waiting.Remove(waiter);
    }
}
