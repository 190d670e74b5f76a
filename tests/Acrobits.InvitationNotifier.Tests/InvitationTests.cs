namespace Acrobits.InvitationNotifier.Tests;

public class InvitationTests
{
    [Fact]
    public void ToString_NetworkWithLineEnds_IsOneLine() =>
        Assert.Equal("Invitation { Event = Created, NetworkId = a\uFFFDb\uFFFDc\uFFFD }", new Invitation("1", "j", "a\nb\u2028c\u202E").ToString());

    public static TheoryData<string> BlankTexts => ["", " ", "\t\r\n", "\u00A0\u2003", "\u0085"];

    // Attributes cannot hold them.
    private static readonly string[] IllFormed = ["s3cr3t\uD83D", "\uDE00s3cr3t", "a\uDE00\uD83Ds3cr3t", "s3cr3t\uD83D\uD83D\uDE00"];

    [Fact]
    public void Constructor_ValidParts_KeepsThem()
    {
        var invitation = new Invitation("+420 777", "john", "\U0001F600\0");

        Assert.Equal("+420 777", invitation.Invitee);
        Assert.Equal("john", invitation.Invitor);
        Assert.Equal("\U0001F600\0", invitation.NetworkId);
    }

    [Fact]
    public void Constructor_NullPart_Throws()
    {
        Assert.Throws<ArgumentNullException>("invitee", () => new Invitation(null!, "b", "c"));
        Assert.Throws<ArgumentNullException>("invitor", () => new Invitation("a", null!, "c"));
        Assert.Throws<ArgumentNullException>("networkId", () => new Invitation("a", "b", null!));
    }

    [Theory]
    [MemberData(nameof(BlankTexts))]
    public void Constructor_BlankPart_Throws(string blank)
    {
        Assert.Throws<ArgumentException>("invitee", () => new Invitation(blank, "b", "c"));
        Assert.Throws<ArgumentException>("invitor", () => new Invitation("a", blank, "c"));
        Assert.Throws<ArgumentException>("networkId", () => new Invitation("a", "b", blank));
    }

    [Fact]
    public void Constructor_UnpairedSurrogate_ThrowsWithoutTheValue() => Assert.All(IllFormed, text =>
    {
        Assert.All(
            [
                Assert.Throws<ArgumentException>("invitee", () => new Invitation(text, "b", "c")),
                Assert.Throws<ArgumentException>("invitor", () => new Invitation("a", text, "c")),
                Assert.Throws<ArgumentException>("networkId", () => new Invitation("a", "b", text)),
            ],
            exception => Assert.DoesNotContain("s3cr3t", exception.ToString(), StringComparison.Ordinal));
    });

    [Fact]
    public void With_BlankOrIllFormedPart_ThrowsLikeTheConstructor()
    {
        var invitation = new Invitation("a", "b", "c");

        Assert.Equal(new Invitation("a", "b", "d"), invitation with { NetworkId = "d" });
        Assert.Throws<ArgumentException>(() => invitation with { Invitee = " " });
        Assert.Throws<ArgumentException>(() => invitation with { Invitor = "\uD83D" });
        Assert.Throws<ArgumentNullException>(() => invitation with { NetworkId = null! });
    }

    [Fact]
    public void ToString_Always_ShowsEventAndNetworkAlone() =>
        Assert.Equal("Invitation { Event = Accepted, NetworkId = mynetwork }",
            new Invitation("+420777", "john", "mynetwork") { Id = "order-4711", Event = InvitationEvent.Accepted }.ToString());

    [Fact]
    public void Equals_SameParts_IsTrue()
    {
        var invitation = new Invitation("a", "b", "c");

        Assert.Equal(new Invitation("a", "b", "c"), invitation);
        Assert.Equal(new Invitation("a", "b", "c").GetHashCode(), invitation.GetHashCode());
        Assert.NotEqual(new Invitation("A", "b", "c"), invitation);
        Assert.NotEqual(new Invitation("a", "B", "c"), invitation);
        Assert.NotEqual(new Invitation("a", "b", "C"), invitation);
    }
}
