namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// A limited number of places that web services share. One place is reserved for each web service that has none, up to half
/// of all places, so that a web service that hangs cannot take all of them.
/// </summary>
internal struct FairPool
{
    private int _taken;
    private int _holders;

    public readonly bool IsFull(int limit) => _taken >= limit;

    /// <summary>Whether a web service may take another place.</summary>
    /// <param name="own">How many places it has.</param>
    /// <param name="limit">How many places there are.</param>
    /// <param name="destination">Counts the web services.</param>
    public readonly bool HasRoom(int own, int limit, DestinationLimits destination)
    {
        var free = limit - _taken;
        var kept = limit / 2;

        // The web services are counted only where the number matters.
        return free > 0 && (own == 0 || free > kept || free > Math.Min(kept, destination.CountWebServices() - _holders));
    }

    /// <summary>Counts a place that is taken, and returns what the web service has now.</summary>
    public int Take(int own)
    {
        _taken++;
        _holders += own == 0 ? 1 : 0;
        return own + 1;
    }

    /// <summary>Counts a place that is given back, and returns what the web service has now.</summary>
    public int GiveBack(int own)
    {
        _taken--;
        _holders -= own == 1 ? 1 : 0;
        return own - 1;
    }
}
