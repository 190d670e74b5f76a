using System.Net;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The exception for a destination whose address the egress policy does not allow.</summary>
internal sealed class EgressBlockedException(IPAddress address, AddressRange range)
    : IOException($"The destination's address {address} is in {range}, which {nameof(InvitationNotifierOptions.Egress)}:{nameof(EgressOptions.AllowedRanges)} does not allow.")
{
    /// <summary>The range that forbids the address.</summary>
    public AddressRange Range => range;
}
