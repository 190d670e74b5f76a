using System.Net;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A range of addresses that are not public unicast, and who says so.</summary>
internal sealed record AddressRange(IPNetwork Network, string Name, string Source)
{
    public override string ToString() => $"{Network} ({Name}, {Source})";
}
