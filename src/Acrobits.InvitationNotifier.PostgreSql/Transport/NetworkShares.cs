using System.Runtime.InteropServices;
using Acrobits.InvitationNotifier.PostgreSql.Storage;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Divides the capacity of a process among the networks, so that one with many messages, or with a provider that answers
/// slowly, leaves capacity to the others. While more is due than can be delivered, a part of the messages is taken in turn, one
/// of each network, and the rest in the order in which they are due.
/// </summary>
/// <param name="most">The maximum number of messages of one network under way.</param>
internal sealed class NetworkShares(int most)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);

    private bool _hasBacklog;
    private bool _isTurn;
    private int _inTurn = 1;
    private string _after = "";

    /// <summary>Counts a message that is under way from now on.</summary>
    public void Enter(string? networkId)
    {
        if (networkId is not null)
        {
            lock (_gate)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_underWay, networkId, out _)++;
            }
        }
    }

    /// <summary>Counts a message that is no longer under way.</summary>
    public void Leave(string? networkId)
    {
        if (networkId is not null)
        {
            lock (_gate)
            {
                if (--CollectionsMarshal.GetValueRefOrAddDefault(_underWay, networkId, out _) == 0)
                {
                    _underWay.Remove(networkId);
                }
            }
        }
    }

    /// <summary>Decides how many messages to take, and how.</summary>
    /// <param name="capacity">How many could be delivered.</param>
    public TakeRequest Divide(int capacity)
    {
        lock (_gate)
        {
            // All messages taken in order could belong to the network that has the most under way, and so could one taken in turn.
            var left = most - _underWay.Values.DefaultIfEmpty().Max();
            if (left == 0)
            {
                return InTurn(capacity, [.. _underWay.Where(network => network.Value >= most).Select(network => network.Key)]);
            }

            if (!_hasBacklog)
            {
                return new TakeRequest(Math.Min(capacity, left), InTurn: 0, _after, Full: []);
            }

            if (capacity == 1 || left == 1)
            {
                _isTurn = !_isTurn;
                return _isTurn ? InTurn(capacity, full: []) : new TakeRequest(InOrder: 1, InTurn: 0, _after, Full: []);
            }

            var inOrder = Math.Min(capacity - Math.Min(_inTurn, capacity / 2), left - 1);
            return new TakeRequest(inOrder, capacity - inOrder, _after, Full: []);
        }
    }

    /// <summary>Records how many messages were taken.</summary>
    /// <returns>Whether more seems to be due.</returns>
    public bool Taken(TakeRequest request, TakeResult result)
    {
        var isFull = false;
        if (request.InOrder > 0)
        {
            isFull = _hasBacklog = result.InOrder == request.InOrder;
        }

        if (request.InTurn > 0)
        {
            // The more networks have something, the larger the part that is taken in turn.
            var isTurnFull = result.InTurn == request.InTurn;
            _inTurn = isTurnFull ? 2 * result.InTurn : Math.Max(result.InTurn, 1);
            _after = result.LastKey ?? "";

            // A turn that has come to the last network has yet to look at the first ones.
            isFull |= isTurnFull || (result.LastKey is null && request.After.Length > 0);
        }

        if (request.InOrder == 0)
        {
            // There was one of each network, but more can be due.
            isFull |= request.Full is [] ? _hasBacklog : result.InTurn > 0;
        }

        return isFull;
    }

    private TakeRequest InTurn(int most, string[] full) => new(InOrder: 0, most, _after, full);
}
