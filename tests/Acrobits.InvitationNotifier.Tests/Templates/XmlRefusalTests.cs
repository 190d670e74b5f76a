using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public class XmlRefusalTests
{
    [Theory]
    [InlineData("<r>", "line 1, column ")]
    [InlineData("<r></s>", "line 1, column ")]
    [InlineData("<r a=1/>", "line 1, column 6")]
    [InlineData("<r a='1' a='2'/>", "line 1, column 10")]
    [InlineData("<r>&nbsp;</r>", "line 1, column 5")]
    [InlineData("<r>&</r>", "line 1, column 5")]
    [InlineData("<r>]]></r>", "line 1, column ")]
    [InlineData("<r/><s/>", "line 1, column ")]
    [InlineData("<r>\r\n  <p:e/></r>", "line 2, column 4")]
    [InlineData("<r>\r\n\u0001</r>", "line 2, column 1")]
    [InlineData("<r>\u0001\r\n\r\n</r>", "line 1, column 4")]
    [InlineData("<r>%invitee%\u0001</r>", "line 1, column 13")]
    [InlineData("<r>&#0;</r>", "line 1, column ")]
    [InlineData("<r><!-- a -- b --></r>", "line 1, column ")]
    [InlineData("text", "line 1, column 1")]
    [InlineData("<?xml version='1.1'?><r/>", "line 1, column ")]
    [InlineData(" <?xml version='1.0'?><r/>", "line 1, column ")]
    public void Create_NotWellFormed_IsRefusedWithItsPosition(string template, string position)
    {
        var problem = Expansion.Refusal(Expansion.Xml, template);

        Assert.StartsWith($"InvitationCreatedPostData: {position}", problem, StringComparison.Ordinal);
        Assert.EndsWith(": not well-formed XML. Correct it there or just before.", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<%invitee%/>", "line 1, column 2: %invitee%")]
    [InlineData("<r><a%invitee%/></r>", "line 1, column 6: %invitee%")]
    [InlineData("<r %invitor%='1'/>", "line 1, column 4: %invitor%")]
    [InlineData("<r a=%invitee%/>", "line 1, column 6: %invitee%")]
    [InlineData("<r></%invitee%>", "line 1, column 6: %invitee%")]
    [InlineData("<r>\n&%network_id%;</r>", "line 2, column 2: %network_id%")]
    [InlineData("%invitee%<r/>", "line 1, column 1: %invitee%")]
    [InlineData("<r/>%invitee%", "line 1, column 5: %invitee%")]
    public void Create_PlaceholderWhereXmlHasNoText_IsRefusedWithTheRemedy(string template, string expected) =>
        Assert.Equal(
            $"InvitationCreatedPostData: {expected} is where XML allows no text. Move it to text, an attribute value or CDATA.",
            Expansion.Refusal(Expansion.Xml, template));

    [Theory]
    [InlineData("<r><!-- %invitee% --></r>", "line 1, column 9: %invitee%")]
    [InlineData("<!--%invitee%--><r/>", "line 1, column 5: %invitee%")]
    [InlineData("<r/>\n<?pi %invitor%?>", "line 2, column 6: %invitor%")]
    [InlineData("<r><?pi '>' %invitor%?>x</r>", "line 1, column 13: %invitor%")]
    public void Create_PlaceholderInCommentOrInstruction_IsRefusedWithTheRemedy(string template, string expected) =>
        Assert.Equal(
            $"InvitationCreatedPostData: {expected} is in a comment or a processing instruction. Remove it, or move it to text or an attribute value.",
            Expansion.Refusal(Expansion.Xml, template));

    [Theory]
    [InlineData("<?xml version='%invitee%'?><r/>")]
    [InlineData("<?xml version='1.0' encoding='%invitee%'?><r/>")]
    [InlineData("<?xml version='1.0' standalone='%invitee%'?><r/>")]
    public void Create_PlaceholderInDeclaration_IsRefused(string template) =>
        Assert.StartsWith("InvitationCreatedPostData: line 1, column ", Expansion.Refusal(Expansion.Xml, template), StringComparison.Ordinal);

    [Theory]
    [InlineData("utf-16")]
    [InlineData("iso-8859-1")]
    [InlineData("windows-1250")]
    [InlineData("us-ascii")]
    public void Create_OtherEncodingDeclared_IsRefusedWithTheRemedy(string encoding)
    {
        var problem = Expansion.Refusal(Expansion.Xml, $"<?xml version='1.0' encoding='{encoding}'?><r>%invitee%</r>");

        Assert.EndsWith("Write encoding=\"UTF-8\".", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE r><r>%invitee%</r>")]
    [InlineData("<?xml version='1.0'?>\n<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>")]
    [InlineData("<!DOCTYPE r [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><r>&b;</r>")]
    public void Create_DocumentType_IsRefusedWithTheRemedy(string template)
    {
        var problem = Expansion.Refusal(Expansion.Xml, template);

        Assert.EndsWith(": a document type declaration is not allowed. Remove it.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ExternalEntity_IsNotFetched()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/x";

        Expansion.Refusal(Expansion.Xml, $"<!DOCTYPE r SYSTEM '{url}' [<!ENTITY % p SYSTEM '{url}'>%p;]><r/>");

        Assert.False(listener.Pending());
    }

    [Fact]
    public void Create_BillionLaughs_IsRefusedBeforeItGrows()
    {
        var entities = string.Concat(Enumerable.Range(1, 30).Select(i => $"<!ENTITY e{i} '{string.Concat(Enumerable.Repeat($"&e{i - 1};", 10))}'>"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Expansion.Refusal(Expansion.Xml, $"<!DOCTYPE r [<!ENTITY e0 'lol'>{entities}]><r>&e30;</r>");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }
}
