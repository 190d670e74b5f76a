using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public class LargeTemplateTests
{
    [Theory]
    [InlineData("<a b='%invitee%'/>")]
    [InlineData("<![CDATA[%invitee%]]>")]
    [InlineData("<a>%invitee%</a>")]
    public void Create_ManyPlaceholdersInXml_TakesLinearTime(string element)
    {
        // The least of some, in turn: a machine under load interrupts some of them, and no more the longer ones than the others.
        var (one, eight) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < 5; round++)
        {
            one = Least(one, Measure(5_000));
            eight = Least(eight, Measure(40_000));
        }

        // Quadratic, it would be 64 times as long.
        Assert.True(eight < 32 * one, $"8 times as many took {eight / one:0} times as long.");

        TimeSpan Measure(int count)
        {
            var started = Stopwatch.GetTimestamp();
            var xml = Expansion.Text(Expansion.Xml, $"<r>{string.Concat(Enumerable.Repeat(element, count))}</r>", "1");
            var elapsed = Stopwatch.GetElapsedTime(started);
            Assert.Equal($"<r>{string.Concat(Enumerable.Repeat(element.Replace("%invitee%", "1"), count))}</r>", xml);
            return elapsed;
        }

        static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;
    }

    [Fact]
    public void Create_ManyMisplacedPlaceholders_ReportsTheFirst()
    {
        Assert.Equal(10, Expansion.Refusals(
            "https://example.com/", $"<r><!--{string.Concat(Enumerable.Repeat("%invitee%", 1000))}--></r>", Expansion.Xml).Count);
        Assert.Equal(10, Expansion.Refusals($"https://{string.Concat(Enumerable.Repeat("%invitee%", 1000))}/").Count);
    }

    [Fact]
    public void Create_ManyLookAlikes_GivesOutTheFirst() =>
        Assert.Equal(10, Expansion.Endpoint("https://example.com/?%invitee%%network_id%" + string.Concat(Enumerable.Repeat("&%inviter%", 1000))).Warnings.Count);

    [Fact]
    public void CreateRequest_ValuesAsLongAsTheLimit_AreSent()
    {
        var half = new string('1', 512 * 1024);

        Assert.Equal(half + half, Expansion.Text(Expansion.Form, "%invitee%%invitee%", half));
    }

    [Fact]
    public void CreateRequest_ManyPlaceholdersWithALongValue_IsUnrepresentable()
    {
        var endpoint = Expansion.Endpoint("https://example.com/", string.Concat(Enumerable.Repeat("%invitee%", 10_000)));

        Assert.Throws<FormatException>(() => endpoint.CreateRequest(new Invitation(new string('1', 10_000), "john", "net")));
    }

    [Fact]
    public void CreateRequest_ValueWithoutEnd_IsUnrepresentableBeforeItIsWritten()
    {
        var endpoint = Expansion.Endpoint("https://example.com/?%invitee%");
        var invitation = new Invitation(new string('+', 64 * 1024 * 1024), "john", "net");

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FormatException>(() => endpoint.CreateRequest(invitation));

        // Escaped, it would have three times as many characters.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }
}
