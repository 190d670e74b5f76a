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
        var started = Stopwatch.GetTimestamp();

        var xml = Expansion.Text(Expansion.Xml, $"<r>{string.Concat(Enumerable.Repeat(element, 40_000))}</r>", "1");

        // Quadratic, it took more than 20 s.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
        Assert.Equal($"<r>{string.Concat(Enumerable.Repeat(element.Replace("%invitee%", "1"), 40_000))}</r>", xml);
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
        Assert.Equal(10, Expansion.Endpoint("https://example.com/?" + string.Concat(Enumerable.Repeat("%inviter%&", 1000))).Warnings.Count);

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
