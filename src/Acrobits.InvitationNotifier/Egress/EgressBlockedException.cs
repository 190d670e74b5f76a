using System.Net;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A destination's name led to an address that may not be connected to.</summary>
internal sealed class EgressBlockedException(IPAddress address, AddressRange range)
    : IOException($"The destination's address {address} is in {range}, which {nameof(InvitationNotifierOptions.Egress)}:{nameof(EgressOptions.AllowedRanges)} does not allow.")
{
    /// <summary>The range that forbids the address.</summary>
    public AddressRange Range => range;
}
