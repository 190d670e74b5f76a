using System.Diagnostics.CodeAnalysis;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>
/// Limits how many invitations hold a place, in all and for each network, so that no network takes all places. Networks
/// without one are forgotten. Safe to share between threads.
/// </summary>
/// <remarks>
/// A PartitionedRateLimiter does the same, but now and then disposes of a limiter that a caller has just got
/// (https://github.com/dotnet/runtime/issues/99865), which would lose an invitation.
/// </remarks>
/// <param name="inAll">The places of all networks together.</param>
/// <param name="perNetwork">The places that one network can take of them.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never used has nothing to dispose of.")]
internal sealed class FairShare(int inAll, int perNetwork)
{
    private readonly Dictionary<string, Network> _networks = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _all = new(inAll);

    /// <summary>How many networks hold a place or wait for one.</summary>
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

    /// <summary>Takes a place if there is one.</summary>
    public bool TryEnter(string networkId)
    {
        var network = Join(networkId);
        if (network.Places.Wait(0))
        {
            if (_all.Wait(0))
            {
                return true;
            }

            network.Places.Release();
        }

        Quit(network);
        return false;
    }

    /// <summary>Waits for a place, first come, first served. While it waits for its network's, it takes none of all networks'.</summary>
    public async Task EnterAsync(string networkId, CancellationToken cancellationToken)
    {
        var network = Join(networkId);
        try
        {
            await network.Places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await _all.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                network.Places.Release();
                throw;
            }
        }
        catch
        {
            Quit(network);
            throw;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(string networkId)
    {
        Network network;
        lock (_networks)
        {
            network = _networks[networkId];
        }

        _all.Release();
        network.Places.Release();
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

    private sealed class Network(string id, SemaphoreSlim places)
    {
        public string Id => id;

        public SemaphoreSlim Places => places;

        /// <summary>How many places are held or waited for.</summary>
        public int Users { get; set; }
    }
}
