namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// A limited number of permits that web services share. One permit is reserved for each web service that holds none, up to half
/// of the limit, so that a web service that hangs cannot take all permits.
/// </summary>
internal struct FairPool
{
    private int _taken;
    private int _holders;

    public readonly bool IsFull(int limit) => _taken >= limit;

    /// <summary>Whether a web service may take another permit.</summary>
    /// <param name="held">The number of permits that the web service holds.</param>
    /// <param name="limit">The total number of permits.</param>
    /// <param name="destination">The destination, which counts its web services.</param>
    public readonly bool CanTake(int held, int limit, DestinationLimits destination)
    {
        var free = limit - _taken;
        var maxReserved = limit / 2;

        // Evaluated last, because counting the web services costs most.
        return free > 0 && (held == 0 || free > maxReserved || free > Math.Min(maxReserved, destination.CountWebServices() - _holders));
    }

    /// <summary>Takes a permit, and returns the number that the web service holds now.</summary>
    public int Take(int held)
    {
        _taken++;
        _holders += held == 0 ? 1 : 0;
        return held + 1;
    }

    /// <summary>Returns a permit, and returns the number that the web service holds now.</summary>
    public int Return(int held)
    {
        _taken--;
        _holders -= held == 1 ? 1 : 0;
        return held - 1;
    }
}
