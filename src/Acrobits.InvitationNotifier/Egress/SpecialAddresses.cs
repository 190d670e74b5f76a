using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>
/// The addresses that are not public unicast, from the IANA special-purpose registries for IPv4 and IPv6, and public addresses
/// that lead to internal services from inside a cloud platform.
/// </summary>
internal static class SpecialAddresses
{
    /// <summary>
    /// All ranges. A narrower range precedes a wider one that contains it, so that the more specific name is found.
    /// </summary>
    public static ImmutableArray<AddressRange> Ranges { get; } =
    [
        Range("0.0.0.0/8", "this network", "RFC 791"),
        Range("10.0.0.0/8", "private", "RFC 1918"),
        Range("100.64.0.0/10", "shared, carrier-grade NAT", "RFC 6598"),
        Range("127.0.0.0/8", "loopback", "RFC 1122"),
        Range("169.254.0.0/16", "link-local", "RFC 3927"),
        Range("172.16.0.0/12", "private", "RFC 1918"),
        Range("192.0.0.0/24", "protocol assignments", "RFC 6890"),
        Range("192.0.2.0/24", "documentation", "RFC 5737"),
        Range("192.31.196.0/24", "AS112 name servers", "RFC 7535"),
        Range("192.52.193.0/24", "AMT relay", "RFC 7450"),
        Range("192.88.99.0/24", "6to4 relay", "RFC 7526"),
        Range("192.168.0.0/16", "private", "RFC 1918"),
        Range("192.175.48.0/24", "AS112 name servers", "RFC 7534"),
        Range("198.18.0.0/15", "benchmarking", "RFC 2544"),
        Range("198.51.100.0/24", "documentation", "RFC 5737"),
        Range("203.0.113.0/24", "documentation", "RFC 5737"),
        Range("224.0.0.0/4", "multicast", "RFC 5771"),
        Range("255.255.255.255/32", "broadcast", "RFC 919"),
        Range("240.0.0.0/4", "reserved", "RFC 1112"),

        Range("161.26.0.0/16", "IBM Cloud services", "IBM Cloud VPC API, reserved address ranges"),
        Range("166.8.0.0/14", "IBM Cloud service endpoints", "IBM Cloud VPC API, reserved address ranges"),
        Range("168.63.129.16/32", "Azure platform", "Microsoft Learn, What is IP address 168.63.129.16?"),
        Range("199.36.153.4/30", "Google Cloud, restricted.googleapis.com", "Google Cloud, Configure Private Google Access"),
        Range("199.36.153.8/30", "Google Cloud, private.googleapis.com", "Google Cloud, Configure Private Google Access"),

        Range("::/128", "unspecified", "RFC 4291"),
        Range("::1/128", "loopback", "RFC 4291"),
        Range("::/96", "IPv4-compatible", "RFC 4291"),
        Range("64:ff9b:1::/48", "local-use NAT64", "RFC 8215"),
        Range("100::/64", "discard-only", "RFC 6666"),
        Range("100:0:0:1::/64", "dummy prefix", "RFC 9780"),
        Range("2001::/32", "Teredo", "RFC 4380"),
        Range("2001::/23", "protocol assignments", "RFC 2928"),
        Range("2001:db8::/32", "documentation", "RFC 3849"),
        Range("2002::/16", "6to4", "RFC 3056"),
        Range("2600:2d00:2:1000::/56", "Google Cloud, restricted.googleapis.com", "Google Cloud, Configure Private Google Access"),
        Range("2600:2d00:2:2000::/56", "Google Cloud, private.googleapis.com", "Google Cloud, Configure Private Google Access"),
        Range("2620:4f:8000::/48", "AS112 name servers", "RFC 7534"),
        Range("3fff::/20", "documentation", "RFC 9637"),
        Range("5f00::/16", "segment routing", "RFC 9602"),
        Range("fc00::/7", "unique local", "RFC 4193"),
        Range("fe80::/10", "link-local", "RFC 4291"),
        Range("fec0::/10", "site-local", "RFC 3879"),
        Range("ff00::/8", "multicast", "RFC 4291"),

        // Global unicast is 2000::/3. The rest is unassigned.
        Range("::/3", "reserved", "RFC 4291"),
        Range("4000::/2", "reserved", "RFC 4291"),
        Range("8000::/1", "reserved", "RFC 4291"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Returns the range that forbids an address; null if the address is public unicast.</summary>
    public static AddressRange? Classify(IPAddress address)
    {
        // A forbidden form of address, such as 6to4 or Teredo, is forbidden regardless of the inner address.
        var inner = Innermost(address);
        return inner.Equals(address) || IsPrefix(address) ? Find(inner) : Find(address) ?? Find(inner);
    }

    /// <summary>
    /// Returns the IPv4 address inside an IPv4-mapped (RFC 4291), NAT64 (RFC 6052) or ISATAP (RFC 5214) address, otherwise the
    /// address itself.
    /// </summary>
    public static IPAddress Innermost(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return IsPrefix(address) || IsIsatap(bytes) ? new IPAddress(bytes[12..]) : address;
    }

    private static bool IsPrefix(IPAddress address) => address.IsIPv4MappedToIPv6 || Nat64.Contains(address);

    // The interface identifier 0000:5efe or 0200:5efe, followed by the IPv4 address, under any prefix.
    private static bool IsIsatap(ReadOnlySpan<byte> bytes) => (bytes[8] & ~2) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;

    private static AddressRange? Find(IPAddress address)
    {
        foreach (var range in Ranges)
        {
            if (range.Network.Contains(address))
            {
                return range;
            }
        }

        return null;
    }

    private static AddressRange Range(string network, string name, string source) =>
        new(IPNetwork.Parse(network), name, source);
}
