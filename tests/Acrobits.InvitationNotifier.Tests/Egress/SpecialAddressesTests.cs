using System.Buffers.Binary;
using System.Net;
using Acrobits.InvitationNotifier.Egress;
using CsCheck;

namespace Acrobits.InvitationNotifier.Tests.Egress;

public class SpecialAddressesTests
{
    /// <summary>First and last address of each range, and what it is called.</summary>
    public static TheoryData<string, string, string> Ipv4Ranges => new()
    {
        { "0.0.0.0", "0.255.255.255", "this network" },
        { "10.0.0.0", "10.255.255.255", "private" },
        { "100.64.0.0", "100.127.255.255", "shared, carrier-grade NAT" },
        { "127.0.0.0", "127.255.255.255", "loopback" },
        { "169.254.0.0", "169.254.255.255", "link-local" },
        { "172.16.0.0", "172.31.255.255", "private" },
        { "192.0.0.0", "192.0.0.255", "protocol assignments" },
        { "192.0.2.0", "192.0.2.255", "documentation" },
        { "192.31.196.0", "192.31.196.255", "AS112 name servers" },
        { "192.52.193.0", "192.52.193.255", "AMT relay" },
        { "192.175.48.0", "192.175.48.255", "AS112 name servers" },
        { "161.26.0.0", "161.26.255.255", "IBM Cloud services" },
        { "166.8.0.0", "166.11.255.255", "IBM Cloud service endpoints" },
        { "168.63.129.16", "168.63.129.16", "Azure platform" },
        { "199.36.153.4", "199.36.153.7", "Google Cloud, restricted.googleapis.com" },
        { "199.36.153.8", "199.36.153.11", "Google Cloud, private.googleapis.com" },
        { "192.88.99.0", "192.88.99.255", "6to4 relay" },
        { "192.168.0.0", "192.168.255.255", "private" },
        { "198.18.0.0", "198.19.255.255", "benchmarking" },
        { "198.51.100.0", "198.51.100.255", "documentation" },
        { "203.0.113.0", "203.0.113.255", "documentation" },
        { "224.0.0.0", "239.255.255.255", "multicast" },
        { "240.0.0.0", "255.255.255.254", "reserved" },
        { "255.255.255.255", "255.255.255.255", "broadcast" },
    };

    public static TheoryData<string, string, string> Ipv6Ranges => new()
    {
        { "::", "::", "unspecified" },
        { "::1", "::1", "loopback" },
        { "::2", "::ffff:ffff", "IPv4-compatible" },
        { "::127.0.0.1", "::10.0.0.1", "IPv4-compatible" },
        { "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "local-use NAT64" },
        { "100::", "100::ffff:ffff:ffff:ffff", "discard-only" },
        { "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "Teredo" },
        { "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "protocol assignments" },
        { "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "documentation" },
        { "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "6to4" },
        { "2002:7f00:1::", "2002:808:808::1", "6to4" },
        { "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation" },
        { "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "segment routing" },
        { "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "unique local" },
        { "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local" },
        { "fe80::1%1", "fe80::1%9", "link-local" },
        { "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "site-local" },
        { "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast" },
        { "::1:0:0", "::fffe:ffff:ffff", "reserved" },
        { "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", "dummy prefix" },
        { "2600:2d00:2:1000::", "2600:2d00:2:10ff:ffff:ffff:ffff:ffff", "Google Cloud, restricted.googleapis.com" },
        { "2600:2d00:2:2000::", "2600:2d00:2:20ff:ffff:ffff:ffff:ffff", "Google Cloud, private.googleapis.com" },
        { "2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "AS112 name servers" },
        { "2001:470:1::5efe:10.0.0.1", "2001:470:1::200:5efe:10.255.255.255", "private" },
        { "fe80::5efe:8.8.8.8", "fe80::5efe:10.0.0.1", "link-local" },
        { "100:0:0:2::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
        { "4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
        { "5f01::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved" },
    };

    [Theory]
    [MemberData(nameof(Ipv4Ranges))]
    [MemberData(nameof(Ipv6Ranges))]
    public void Classify_FirstAndLastOfARange_AreForbiddenByName(string first, string last, string name)
    {
        Assert.Equal(name, SpecialAddresses.Classify(IPAddress.Parse(first))?.Name);
        Assert.Equal(name, SpecialAddresses.Classify(IPAddress.Parse(last))?.Name);
    }

    [Theory]
    [MemberData(nameof(Ipv4Ranges))]
    public void Classify_Ipv4InsideIpv6_IsJudgedByTheIpv4(string first, string last, string name)
    {
        foreach (var address in new[] { first, last })
        {
            Assert.Equal(name, SpecialAddresses.Classify(IPAddress.Parse("::ffff:" + address))?.Name);
            Assert.Equal(name, SpecialAddresses.Classify(IPAddress.Parse("64:ff9b::" + address))?.Name);
        }
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("93.184.215.14")]
    [InlineData("1.0.0.0")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("191.255.255.255")]
    [InlineData("192.0.1.0")]
    [InlineData("192.0.1.255")]
    [InlineData("192.0.3.0")]
    [InlineData("192.88.98.255")]
    [InlineData("192.88.100.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("198.51.99.255")]
    [InlineData("198.51.101.0")]
    [InlineData("203.0.112.255")]
    [InlineData("203.0.114.0")]
    [InlineData("223.255.255.255")]
    [InlineData("168.63.129.15")]
    [InlineData("168.63.129.17")]
    [InlineData("166.12.0.0")]
    [InlineData("199.36.153.12")]
    [InlineData("2001:470:1::5efe:8.8.8.8")]
    [InlineData("2001:470:1::1:5efe:10.0.0.1")]
    [InlineData("2000::")]
    [InlineData("2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:200::")]
    [InlineData("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db9::")]
    [InlineData("2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2003::")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("3fff:1000::")]
    [InlineData("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("64:ff9b::101:101")]
    public void Classify_PublicUnicast_IsAllowed(string address) =>
        Assert.Null(SpecialAddresses.Classify(IPAddress.Parse(address)));

    [Theory]
    [InlineData("64:ff9b::1:0:0")]
    [InlineData("64:ff9a:ffff:ffff:ffff:ffff:808:808")]
    [InlineData("64:ff9b:0:0:0:1:808:808")]
    [InlineData("::fffe:808:808")]
    [InlineData("::ffff:0:808:808")]
    [InlineData("::8.8.8.8")]
    public void Classify_AlmostMappedOrNat64_IsForbidden(string address) =>
        Assert.NotNull(SpecialAddresses.Classify(IPAddress.Parse(address)));

    [Fact]
    public void Classify_AnyIpv4_IsForbiddenInsideTheRangesAlone()
    {
        var ranges = Ipv4Ranges.Select(row => (First: Number(row.Data.Item1), Last: Number(row.Data.Item2))).ToArray();

        Gen.UInt.Sample(
            number =>
            {
                var octets = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(octets, number);
                var address = new IPAddress(octets);
                var isForbidden = Array.Exists(ranges, range => range.First <= number && number <= range.Last);

                Assert.Equal(isForbidden, SpecialAddresses.Classify(address) is not null);
                Assert.Equal(SpecialAddresses.Classify(address), SpecialAddresses.Classify(address.MapToIPv6()));
                Assert.Equal(SpecialAddresses.Classify(address), SpecialAddresses.Classify(IPAddress.Parse("64:ff9b::" + address)));
            },
            iter: 10_000);
    }

    [Fact]
    public void ToString_Range_SaysWhatItIsAndWhoSaysSo() =>
        Assert.Equal("10.0.0.0/8 (private, RFC 1918)", SpecialAddresses.Classify(IPAddress.Parse("10.1.2.3"))!.ToString());

    private static uint Number(string address) =>
        BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());
}
