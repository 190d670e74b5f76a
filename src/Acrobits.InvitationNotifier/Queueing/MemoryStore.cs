namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>
/// Holds invitations in memory until they are settled. Each one is ready, claimed for a delivery, or deferred. Thread-safe.
/// </summary>
/// <param name="maxClaimedPerNetwork">The maximum number of claimed invitations per network.</param>
/// <param name="time">The clock for deferrals. Only its timestamps are used.</param>
internal sealed class MemoryStore(int maxClaimedPerNetwork, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<QueuedInvitation> _unsettled = [];
    private readonly PriorityQueue<QueuedInvitation, TimeSpan> _deferred = new();
    private readonly Dictionary<string, Network> _networks = new(StringComparer.Ordinal);
    private readonly long _start = time.GetTimestamp();

    // The networks with an invitation that can be claimed. They take turns, and each is in the queue once.
    private readonly Queue<Network> _claimable = new();

    /// <summary>The time until the next deferral ends; <see langword="null"/> if nothing is deferred.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_gate)
            {
                EndDeferrals(Now);
                return _deferred.TryPeek(out _, out var due) ? due - Now : null;
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Adds an invitation that becomes due after a delay.</summary>
    public void Add(QueuedInvitation invitation, TimeSpan delay)
    {
        lock (_gate)
        {
            _unsettled.Add(invitation);
            if (delay > TimeSpan.Zero)
            {
                _deferred.Enqueue(invitation, Now + delay);
            }
            else
            {
                MakeReady(invitation);
            }
        }
    }

    /// <summary>Claims the next invitation that is due. The networks take turns.</summary>
    /// <returns>The invitation, or <see langword="null"/> if no invitation can be claimed.</returns>
    public QueuedInvitation? ClaimDue()
    {
        lock (_gate)
        {
            EndDeferrals(Now);
            if (!_claimable.TryDequeue(out var network))
            {
                return null;
            }

            network.IsEnqueued = false;
            network.Claimed++;
            var invitation = network.Ready.Dequeue();
            EnqueueIfClaimable(network);
            return invitation;
        }
    }

    /// <summary>Removes a claimed invitation, which still counts as claimed until <see cref="Release"/>.</summary>
    /// <returns>Whether it was still in the store, which it is not after <see cref="TakeAll"/>.</returns>
    public bool TryTake(QueuedInvitation claimed)
    {
        lock (_gate)
        {
            return _unsettled.Remove(claimed);
        }
    }

    /// <summary>Ends the claim of an invitation that was taken. It can be added again to become due later.</summary>
    public void Release(QueuedInvitation taken)
    {
        lock (_gate)
        {
            // TakeAll has forgotten the claims.
            if (!_networks.TryGetValue(taken.NetworkId, out var network) || network.Claimed == 0)
            {
                return;
            }

            network.Claimed--;
            EnqueueIfClaimable(network);
            if (network is { Claimed: 0, Ready.Count: 0 })
            {
                _networks.Remove(taken.NetworkId);
            }
        }
    }

    /// <summary>Makes all deferred invitations due.</summary>
    public void EndDeferrals()
    {
        lock (_gate)
        {
            EndDeferrals(TimeSpan.MaxValue);
        }
    }

    /// <summary>Removes and returns all invitations, including claimed ones.</summary>
    public IReadOnlyCollection<QueuedInvitation> TakeAll()
    {
        lock (_gate)
        {
            QueuedInvitation[] all = [.. _unsettled];
            _unsettled.Clear();
            _deferred.Clear();
            _networks.Clear();
            _claimable.Clear();
            return all;
        }
    }

    private void EndDeferrals(TimeSpan now)
    {
        while (_deferred.TryPeek(out var deferred, out var due) && due <= now)
        {
            _deferred.Dequeue();
            MakeReady(deferred);
        }
    }

    private void MakeReady(QueuedInvitation invitation)
    {
        if (!_networks.TryGetValue(invitation.NetworkId, out var network))
        {
            _networks.Add(invitation.NetworkId, network = new Network());
        }

        network.Ready.Enqueue(invitation);
        EnqueueIfClaimable(network);
    }

    private void EnqueueIfClaimable(Network network)
    {
        if (!network.IsEnqueued && network.Ready.Count > 0 && network.Claimed < maxClaimedPerNetwork)
        {
            network.IsEnqueued = true;
            _claimable.Enqueue(network);
        }
    }

    private sealed class Network
    {
        public Queue<QueuedInvitation> Ready { get; } = new();

        public int Claimed { get; set; }

        /// <summary>Whether it is in <see cref="_claimable"/>.</summary>
        public bool IsEnqueued { get; set; }
    }
}
