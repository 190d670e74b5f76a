using System.Diagnostics.CodeAnalysis;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>
/// Limits the number of invitations in total and per network, so that no network can use all the capacity. Networks without
/// invitations are forgotten. Thread-safe.
/// </summary>
/// <remarks>
/// Not a PartitionedRateLimiter, because that can dispose a limiter which a caller has just acquired
/// (https://github.com/dotnet/runtime/issues/99865). The invitation would be lost.
/// </remarks>
/// <param name="total">The capacity of all networks together.</param>
/// <param name="perNetwork">The part of it that one network can use.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never used owns nothing to dispose.")]
internal sealed class CapacityLimiter(int total, int perNetwork)
{
    private readonly Dictionary<string, Network> _networks = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _all = new(total);

    /// <summary>The number of invitations that hold capacity.</summary>
    public int InUse => total - _all.CurrentCount;

    /// <summary>The number of networks that hold capacity or wait for it.</summary>
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

    /// <summary>Takes capacity for one invitation without waiting. Returns whether there was any.</summary>
    public bool TryEnter(string networkId)
    {
        var network = Join(networkId);
        if (network.Semaphore.Wait(0))
        {
            if (_all.Wait(0))
            {
                return true;
            }

            network.Semaphore.Release();
        }

        Quit(network);
        return false;
    }

    /// <summary>
    /// Waits for capacity in first-in, first-out order. A wait for the capacity of the network does not use the total
    /// capacity.
    /// </summary>
    public async Task EnterAsync(string networkId, CancellationToken cancellationToken)
    {
        var network = Join(networkId);
        try
        {
            await network.Semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await _all.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                network.Semaphore.Release();
                throw;
            }
        }
        catch
        {
            Quit(network);
            throw;
        }
    }

    /// <summary>Releases the capacity of one invitation.</summary>
    public void Leave(string networkId)
    {
        Network network;
        lock (_networks)
        {
            network = _networks[networkId];
        }

        _all.Release();
        network.Semaphore.Release();
        Quit(network);
    }

    private Network Join(string networkId)
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

    private void Quit(Network network)
    {
        lock (_networks)
        {
            if (--network.Users == 0)
            {
                _networks.Remove(network.Id);
            }
        }
    }

    private sealed class Network(string id, SemaphoreSlim semaphore)
    {
        public string Id => id;

        public SemaphoreSlim Semaphore => semaphore;

        /// <summary>The number of invitations that hold capacity or wait for it.</summary>
        public int Users { get; set; }
    }
}
