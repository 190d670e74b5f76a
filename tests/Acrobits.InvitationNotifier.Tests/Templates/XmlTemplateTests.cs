using System.Xml.Linq;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public class XmlTemplateTests
{
    [Theory]
    [InlineData("<r>%invitee%</r>", "<&>\"']", "<r>&lt;&amp;&gt;\"']</r>")]
    [InlineData("<r>%invitee%</r>", "a\r\n\tb", "<r>a&#xD;\n\tb</r>")]
    [InlineData("<r a=\"%invitee%\"/>", "<&>\"']", "<r a=\"&lt;&amp;&gt;&quot;&apos;]\"/>")]
    [InlineData("<r a='%invitee%'/>", "a\r\n\tb", "<r a='a&#xD;&#xA;&#x9;b'/>")]
    [InlineData("<r><![CDATA[%invitee%]]></r>", "<&\"'\n\t", "<r><![CDATA[<&\"'\n\t]]></r>")]
    [InlineData("<r>%invitee%</r>", "+420 ž\U0001F600\u2028\u0085", "<r>+420 ž\U0001F600\u2028\u0085</r>")]
    [InlineData("<r a='>'>%invitee%</r>", "'", "<r a='>'>'</r>")]
    [InlineData("<r a='>' b='%invitee%'/>", "'", "<r a='>' b='&apos;'/>")]
    [InlineData("<r a=\">'\" b=\"%invitee%\"/>", "\"", "<r a=\">'\" b=\"&quot;\"/>")]
    [InlineData("<r><![CDATA[<\"]]>%invitee%</r>", "\"", "<r><![CDATA[<\"]]>\"</r>")]
    [InlineData("<r><!--<\"-->%invitee%</r>", "\"", "<r><!--<\"-->\"</r>")]
    [InlineData("<!-- ' --><?x \" ?><r>%invitee%</r>", "\"", "<!-- ' --><?x \" ?><r>\"</r>")]
    [InlineData("<r><!-- <![CDATA[ -->%invitee%</r>", "<", "<r><!-- <![CDATA[ -->&lt;</r>")]
    [InlineData("<r><![CDATA[<!-- ]]>%invitee%</r>", "&", "<r><![CDATA[<!-- ]]>&amp;</r>")]
    [InlineData("<r>%invitee%</r>", "[a]]>b]", "<r>[a]]&gt;b]</r>")]
    [InlineData("<r a='%invitee%]>'/>", "[a]]", "<r a='[a]]]>'/>")]
    [InlineData("<r>%invitee%]></r>", "[a]", "<r>[a&#x5D;]></r>")]
    [InlineData("<r>%invitee%></r>", "a]]", "<r>a]&#x5D;></r>")]
    [InlineData("<r>%invitee%%invitee%></r>", "]", "<r>]&#x5D;></r>")]
    [InlineData("<r><![CDATA[%invitee%]]></r>", "[a]>&]", "<r><![CDATA[[a]>&]]]></r>")]
    [InlineData("<r><![CDATA[%invitee%]]></r>", "a]]>b", "<r><![CDATA[a]]]]><![CDATA[>b]]></r>")]
    [InlineData("<r><![CDATA[]%invitee%]></r>]]></r>", "]", "<r><![CDATA[]]]]><![CDATA[]></r>]]></r>")]
    [InlineData("<r><s a = '\"' b=\"%invitee%\" /></r>", "a\nb", "<r><s a = '\"' b=\"a&#xA;b\" /></r>")]
    public void CreateRequest_Value_IsEscapedForItsPlace(string template, string value, string expected) =>
        Assert.Equal(expected, Expansion.Text(Expansion.Xml, template, value));

    [Theory]
    [InlineData("]%invitee%]>", "]")]
    [InlineData("]]%invitee%", ">")]
    [InlineData("%invitee%>", "]]")]
    [InlineData("]%invitee%>", "]")]
    [InlineData("%invitee%%invitee%", "]]>")]
    [InlineData("%invitee%", "<![CDATA[x]]>")]
    [InlineData("%invitee%", "a\rb\r\nc")]
    public void CreateRequest_TextThatWouldEndCData_StaysInIt(string template, string value)
    {
        var root = XElement.Parse(
            Expansion.Text(Expansion.Xml, $"<r><![CDATA[{template}]]><e/></r>", value), LoadOptions.PreserveWhitespace);

        Assert.Equal(template.Replace("%invitee%", value, StringComparison.Ordinal), root.Value);
        Assert.Single(root.Elements());
    }

    [Theory]
    [InlineData("a\u0001b")]
    [InlineData("a\0")]
    [InlineData("\u000B.")]
    [InlineData("\uFFFE")]
    [InlineData("\uFFFF")]
    public void CreateRequest_CharacterThatXmlForbids_IsUnrepresentable(string value)
    {
        foreach (var template in new[] { "<r>%invitor%</r>", "<r a='%invitor%'/>", "<r><![CDATA[%invitor%]]></r>" })
        {
            var endpoint = Expansion.Endpoint("https://example.com/", template, Expansion.Xml);

            var exception = Assert.Throws<FormatException>(() => endpoint.CreateRequest(new Invitation("420", value, "net")));

            Assert.Equal("The value of %invitor% has a character that XML 1.0 does not allow.", exception.Message);
        }
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\"?><r/>")]
    [InlineData("<?xml version='1.0' encoding='utf-8'?><r/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<r/>")]
    [InlineData("<r xmlns='urn:x' xmlns:p='urn:p' p:a='1' xml:lang='cs'><p:e>&lt;&#65;&#x1F600;</p:e></r>")]
    [InlineData("<!-- a --><?style x?><r/><!-- b -->\n")]
    public void CreateRequest_WellFormedTemplate_GoesOutAsItIs(string template) =>
        Assert.Equal(template, Expansion.Text(Expansion.Xml, template, "x"));

    [Fact]
    public void Create_DeepNesting_IsReadWithoutHarm()
    {
        const int Depth = 100_000;
        var open = string.Concat(Enumerable.Repeat("<a>", Depth));
        var close = string.Concat(Enumerable.Repeat("</a>", Depth));

        Assert.Equal(Depth * 7 + 1, Expansion.Text(Expansion.Xml, open + "%invitee%" + close, "x").Length);
        Assert.Contains("not well-formed XML", Expansion.Refusal(Expansion.Xml, open), StringComparison.Ordinal);
    }
}
