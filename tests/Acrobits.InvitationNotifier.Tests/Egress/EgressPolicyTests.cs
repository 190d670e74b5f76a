using System.Net;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Configuration;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Tests.Egress;

public class EgressPolicyTests
{
    [Theory]
    [InlineData("10.20.0.0/16", "10.20.0.0")]
    [InlineData("10.20.0.0/16", "10.20.255.255")]
    [InlineData("10.20.0.0/16", "::ffff:10.20.1.1")]
    [InlineData("10.20.0.0/16", "64:ff9b::10.20.1.1")]
    [InlineData("10.20.0.0/16", "2001:470:1::5efe:10.20.1.1")]
    [InlineData("168.63.129.16/32", "168.63.129.16")]
    [InlineData("127.0.0.1/32", "127.0.0.1")]
    [InlineData("fd00:12::/32", "fd00:12::1")]
    [InlineData("::1/128", "::1")]
    [InlineData("::ffff:10.20.0.0/112", "::ffff:10.20.1.1")]
    [InlineData("64:ff9b::/96", "64:ff9b::10.0.0.1")]
    [InlineData("0.0.0.0/0", "192.168.1.1")]
    [InlineData("::/0", "fe80::1%2")]
    [InlineData("10.20.0.0/16", "8.8.8.8")]
    public void FindForbidden_InsideAnAllowedRange_IsNone(string range, string address) =>
        Assert.Null(Policy(range).FindForbidden(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.20.0.0/16", "10.19.255.255")]
    [InlineData("10.20.0.0/16", "10.21.0.0")]
    [InlineData("10.20.0.0/16", "::ffff:10.21.0.0")]
    [InlineData("10.20.0.0/16", "64:ff9b::10.21.0.0")]
    [InlineData("10.20.0.0/16", "::10.20.1.1")]
    [InlineData("10.20.0.0/16", "2002:a14:101::")]
    [InlineData("10.20.0.0/16", "fe80::5efe:10.20.1.1")]
    [InlineData("127.0.0.1/32", "::1")]
    [InlineData("0.0.0.0/0", "::1")]
    [InlineData("fd00:12::/32", "fd00:13::")]
    public void FindForbidden_OutsideTheAllowedRange_IsTheRangeThatForbids(string range, string address) =>
        Assert.NotNull(Policy(range).FindForbidden(IPAddress.Parse(address)));

    [Fact]
    public void FindForbidden_NothingAllowed_IsTheNarrowestRange() =>
        Assert.Equal("unspecified", Policy().FindForbidden(IPAddress.IPv6Any)!.Name);

    [Theory]
    [InlineData("10.20.0.1/16")]
    [InlineData("11.0.0.0/7")]
    [InlineData("10/8")]
    [InlineData("fd00:12::1/32")]
    [InlineData("10.20.0.0")]
    [InlineData("10.20.0.0/")]
    [InlineData("10.20.0.0/33")]
    [InlineData("10.20.0.0/-1")]
    [InlineData("10.20.0.0/255.255.0.0")]
    [InlineData("10.20.0.0-10.20.255.255")]
    [InlineData("fd00::/129")]
    [InlineData("/16")]
    [InlineData("localhost")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData(null)]
    public void Validate_NoRange_IsRefusedWithAnExample(string? range)
    {
        var problems = Settings.Problems(options => options.Egress.AllowedRanges = ["127.0.0.0/8", range!]);

        Assert.Equal(
            [
                "Egress:AllowedRanges:1: is not a range in CIDR notation. Write its first address and its prefix length, "
                + "for instance 10.20.0.0/16.",
            ],
            problems);
    }

    private static EgressPolicy Policy(params string[] allowed)
    {
        var problems = new ProblemScope();
        var policy = EgressPolicy.Compile(allowed, problems);
        Assert.Empty(problems.All);
        return policy;
    }
}
