using System.Net;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A range of addresses that are not public unicast, with the source that reserves it.</summary>
internal sealed record AddressRange(IPNetwork Network, string Name, string Source)
{
    public override string ToString() => $"{Network} ({Name}, {Source})";
}
