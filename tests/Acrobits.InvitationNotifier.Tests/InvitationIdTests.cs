namespace Acrobits.InvitationNotifier.Tests;

public class InvitationIdTests
{
    private static readonly Invitation Invitation = new("15551231234", "johnsnow", "mynetwork");

    public static TheoryData<string> ValidIds => ["x", "order 4711", "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", new string('x', 128)];

    public static TheoryData<string> InvalidIds => ["", new string('x', 129), "s3cr3tž", "s3cr3t\"", "s3cr3t\\", "s3cr3t\r\nX-Evil: 1", "\n", "\0", "\t", "\u007F", " x", "x ", " "];

    [Fact]
    public void Id_NotGiven_IsNull()
    {
        Assert.Null(Invitation.Id);
        Assert.Null((Invitation with { Id = "a" } with { Id = null }).Id);
    }

    [Theory]
    [MemberData(nameof(ValidIds))]
    public void Id_PrintableAscii_IsKept(string id) => Assert.Equal(id, (Invitation with { Id = id }).Id);

    [Theory]
    [MemberData(nameof(InvalidIds))]
    public void Id_WhatNoQuotedStringCarries_ThrowsWithoutTheValue(string id)
    {
        var exception = Assert.Throws<ArgumentException>("value", () => Invitation with { Id = id });

        Assert.DoesNotContain("s3cr3t", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Equals_OtherId_IsFalse()
    {
        Assert.NotEqual(Invitation, Invitation with { Id = "a" });
        Assert.NotEqual(Invitation with { Id = "A" }, Invitation with { Id = "a" });
        Assert.Equal(Invitation with { Id = "a" }, Invitation with { Id = "a" });
        Assert.Equal((Invitation with { Id = "a" }).GetHashCode(), (Invitation with { Id = "a" }).GetHashCode());
    }

    [Fact]
    public void ToString_Id_IsNotShown() =>
        Assert.Equal("Invitation { Event = Created, NetworkId = mynetwork }", (Invitation with { Id = "order-4711" }).ToString());
}
