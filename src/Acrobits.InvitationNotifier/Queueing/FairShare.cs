using System.Diagnostics.CodeAnalysis;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>
/// Limits how much of something there is at a time, in all and for one network, so that none takes it all. Networks that
/// use nothing are forgotten.
/// </summary>
/// <remarks>
/// A PartitionedRateLimiter does the same, yet now and then disposes of a limiter that a caller has just got
/// (https://github.com/dotnet/runtime/issues/99865), which would lose an invitation.
/// </remarks>
/// <param name="perNetwork">How many places one network has.</param>
/// <param name="inAll">How many places all networks have together.</param>
[SuppressMessage("Design", "CA1001", Justification = "Without its wait handle a semaphore has nothing to give back, and places outlive the queue.")]
internal sealed class NetworkLimits(int perNetwork, int inAll = int.MaxValue)
{
    private readonly Dictionary<string, Network> _networks = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _all = new(inAll);

    /// <summary>How many networks have a place or wait for one.</summary>
    public int NetworksInUse
    {
        get
        {
            lock (_networks)
            {
                return _networks.Count;
            }
        }
    }

    /// <summary>Waits for a place, first come, first served. What waits for its network's takes none of all networks'.</summary>
    /// <returns>The place, which the caller gives back by disposing of it.</returns>
    public async ValueTask<IDisposable> AcquireAsync(string networkId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryAcquire(networkId) is { } free)
        {
            return free;
        }

        var place = new Place(this, Enter(networkId));
        try
        {
            await place.TakeAsync(cancellationToken).ConfigureAwait(false);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Takes a place if there is one.</summary>
    public IDisposable? TryAcquire(string networkId)
    {
        var place = new Place(this, Enter(networkId));
        if (place.TryTake())
        {
            return place;
        }

        place.Dispose();
        return null;
    }

    private Network Enter(string networkId)
    {
        lock (_networks)
        {
            if (!_networks.TryGetValue(networkId, out var network))
            {
                _networks.Add(networkId, network = new Network(networkId, new SemaphoreSlim(perNetwork)));
            }

            network.Users++;
            return network;
        }
    }

    private void Leave(Network network)
    {
        lock (_networks)
        {
            if (--network.Users == 0)
            {
                _networks.Remove(network.Id);
            }
        }
    }

    private sealed class Network(string id, SemaphoreSlim places)
    {
        public string Id => id;

        public SemaphoreSlim Places => places;

        public int Users { get; set; }
    }

    /// <summary>One place, or the wait for it.</summary>
    private sealed class Place(NetworkLimits limits, Network network) : IDisposable
    {
        private bool _isOfNetwork;
        private bool _isOfAll;

        public bool TryTake() => (_isOfNetwork = network.Places.Wait(0)) && (_isOfAll = limits._all.Wait(0));

        public async Task TakeAsync(CancellationToken cancellationToken)
        {
            await network.Places.WaitAsync(cancellationToken).ConfigureAwait(false);
            _isOfNetwork = true;
            await limits._all.WaitAsync(cancellationToken).ConfigureAwait(false);
            _isOfAll = true;
        }

        public void Dispose()
        {
            if (_isOfAll)
            {
                limits._all.Release();
            }

            if (_isOfNetwork)
            {
                network.Places.Release();
            }

            limits.Leave(network);
        }
    }
}
