namespace Acrobits.InvitationNotifier.Tests.Templates;

public class PlaceholderTests
{
    private static readonly Invitation Invitation = new("+420 777", "J&J", "my\"net");

    [Theory]
    [InlineData("%invitee%", "%2B420%20777")]
    [InlineData("%invitor%", "J%26J")]
    [InlineData("%network_id%", "my%22net")]
    public void CreateRequest_PlaceholderInUrl_IsPercentEncoded(string placeholder, string expected)
    {
        var url = Expansion.Url($"https://example.com/a/{placeholder}/b?{placeholder}=x&y={placeholder}", Invitation);

        Assert.Equal($"https://example.com/a/{expected}/b?{expected}=x&y={expected}", url);
    }

    [Theory]
    [InlineData("%invitee%", "%2B420%20777")]
    [InlineData("%invitor%", "J%26J")]
    [InlineData("%network_id%", "my%22net")]
    public void CreateRequest_PlaceholderInForm_IsPercentEncoded(string placeholder, string expected) =>
        Assert.Equal(
            $"{expected}=x&y={expected}",
            Expansion.Text(Expansion.Form, $"{placeholder}=x&y={placeholder}", Invitation));

    [Theory]
    [InlineData("%invitee%", "+420 777")]
    [InlineData("%invitor%", "J&J")]
    [InlineData("%network_id%", "my\\\"net")]
    public void CreateRequest_PlaceholderInJson_IsEscapedNoMoreThanJsonRequires(string placeholder, string expected) =>
        Assert.Equal(
            $$"""{ "{{expected}}" : ["{{expected}}", "-{{expected}}-"] }""",
            Expansion.Text(Expansion.Json, $$"""{ "{{placeholder}}" : ["{{placeholder}}", "-{{placeholder}}-"] }""", Invitation));

    [Theory]
    [InlineData("%invitee%", "+420 777", "+420 777", "+420 777")]
    [InlineData("%invitor%", "J&amp;J", "J&amp;J", "J&J")]
    [InlineData("%network_id%", "my\"net", "my&quot;net", "my\"net")]
    public void CreateRequest_PlaceholderInXml_IsEscapedForItsPlace(string placeholder, string text, string attribute, string cdata) =>
        Assert.Equal(
            $"<r a=\"{attribute}\" b='{attribute}'>{text}<![CDATA[{cdata}]]>{text}</r>",
            Expansion.Text(
                Expansion.Xml, $"<r a=\"{placeholder}\" b='{placeholder}'>{placeholder}<![CDATA[{placeholder}]]>{placeholder}</r>", Invitation));

    [Theory]
    [InlineData("%invitee%%invitor%%network_id%", "EOI")]
    [InlineData("%invitee%invitee%", "Einvitee%")]
    [InlineData("%%invitee%%", "%E%")]
    [InlineData("%foo%invitee%", "%fooE")]
    [InlineData("%invitee%foo%", "Efoo%")]
    [InlineData("%invitee", "%invitee")]
    [InlineData("invitee%", "invitee%")]
    [InlineData("%INVITEE%%Invitor%%networkid%%inviter%", "%INVITEE%%Invitor%%networkid%%inviter%")]
    [InlineData("% invitee %", "% invitee %")]
    [InlineData("%20%C3%A9%", "%20%C3%A9%")]
    [InlineData("%inv%invitee%itee%", "%invEitee%")]
    [InlineData("%", "%")]
    public void CreateRequest_TextAroundPlaceholders_StaysWhatItIs(string template, string expected)
    {
        var invitation = new Invitation("E", "O", "I");

        Assert.Equal(expected, Expansion.Text(Expansion.Form, template, invitation));
        Assert.Equal($"\"{expected}\"", Expansion.Text(Expansion.Json, $"\"{template}\"", invitation));
        Assert.Equal($"<r>{expected}</r>", Expansion.Text(Expansion.Xml, $"<r>{template}</r>", invitation));
        Assert.Equal(
            $"https://example.com/?{expected.Replace(" ", "%20", StringComparison.Ordinal)}",
            Expansion.Url($"https://example.com/?{template}", invitation));
    }

    [Fact]
    public void CreateRequest_ValueLooksLikePlaceholder_IsNotExpandedAgain()
    {
        var invitation = new Invitation("%invitor%", "%network_id%", "%invitee%");

        Assert.Equal(
            "[\"%invitor%\",\"%network_id%\",\"%invitee%\"]",
            Expansion.Text(Expansion.Json, "[\"%invitee%\",\"%invitor%\",\"%network_id%\"]", invitation));
        Assert.Equal("https://example.com/?%25invitor%25", Expansion.Url("https://example.com/?%invitee%", invitation));
    }

    [Fact]
    public void CreateRequest_ValuesJoinToPlaceholder_IsNotExpandedAgain() =>
        Assert.Equal(
            "\"%invitee%\"",
            Expansion.Text(Expansion.Json, "\"%%invitee%%\"", new Invitation("invitee", "john", "net")));

    [Fact]
    public void CreateRequest_NoPlaceholder_SendsTheTemplate()
    {
        var text = "{\r\n\t\"é\" : \"\U0001F600\u2028\\u00e9\\/\" ,\n \"n\":1.50e+1 }\r\n";

        Assert.Equal(text, Expansion.Text(Expansion.Json, text, "x"));
    }

    [Theory]
    [InlineData(Expansion.Json, "\r\n[\t\"ž\" ,\r\n\"%invitee%\" ]\r\n")]
    [InlineData(Expansion.Xml, "<?xml version='1.0' encoding='utf-8' ?>\r\n<!-- ž -->\r\n<r\r\n a = '1'\t>\r\n<![CDATA[\r\n]]>%invitee%</r >\r\n")]
    [InlineData(Expansion.Form, "a=ž&b=%C5%BE+%20&%invitee%&&=")]
    public void CreateRequest_RestOfTheBody_GoesOutByteForByte(string contentType, string template)
    {
        var body = Expansion.Body(contentType, template, new Invitation("420", "john", "net"));

        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(template.Replace("%invitee%", "420", StringComparison.Ordinal)), body);
    }

    [Fact]
    public void CreateRequest_LongValue_IsWrittenInFull()
    {
        var value = string.Concat(Enumerable.Repeat("a\"ž\U0001F600", 5_000));

        var body = Expansion.Body(Expansion.Json, "[\"%invitee%\",\"%invitee%\"]", new Invitation(value, "john", "net"));

        var read = System.Text.Json.JsonSerializer.Deserialize<string[]>(body)!;
        Assert.Equal([value, value], read);
    }
}
