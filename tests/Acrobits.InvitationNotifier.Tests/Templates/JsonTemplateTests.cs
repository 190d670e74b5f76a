namespace Acrobits.InvitationNotifier.Tests.Templates;

public class JsonTemplateTests
{
    [Theory]
    [InlineData("+420", "+420")]
    [InlineData("\"\\", "\\\"\\\\")]
    [InlineData("a\r\n\tb", "a\\r\\n\\tb")]
    [InlineData("\0\b\f\u001F", "\\u0000\\u0008\\u000C\\u001F")]
    [InlineData("<&>'/\u007F\u2028\uFFFEž\U0001F600", "<&>'/\u007F\u2028\uFFFEž\U0001F600")]
    public void CreateRequest_Value_IsEscapedAsTheFormatRequires(string value, string expected) =>
        Assert.Equal($"[\".{expected}.\"]", Expansion.Text(Expansion.Json, "[\".%invitee%.\"]", value));

    [Theory]
    [InlineData("\"\\\\%invitee%\"", "\"", "\\\"")]
    [InlineData("\"%invitee%\\\"\"", "\\", "\\\"")]
    [InlineData("\"\\u005C%invitee%\"", "n", "\\n")]
    public void CreateRequest_EscapesBesideThePlaceholder_KeepTheirMeaning(string template, string value, string expected) =>
        Assert.Equal(
            expected,
            System.Text.Json.JsonSerializer.Deserialize<string>(Expansion.Text(Expansion.Json, template, value)));

    [Theory]
    [InlineData("{\"a\":1,}", "line 1, column 8")]
    [InlineData("[1,]", "line 1, column 4")]
    [InlineData("{ // comment\n}", "line 1, column 3")]
    [InlineData("{'a':1}", "line 1, column 2")]
    [InlineData("{\"a\":01}", "line 1, column 7")]
    [InlineData("\"\\%invitee%\"", "line 1, column 3")]
    [InlineData("\"\\u00%invitee%\"", "line 1, column 6")]
    [InlineData("\"\\x\"", "line 1, column 3")]
    [InlineData("{}{}", "line 1, column 3")]
    [InlineData("{\"ž\U0001F600\": x}", "line 1, column 9")]
    [InlineData("{\r\n  \"a\": \"1\n2\"}", "line 2, column 10")]
    [InlineData("\"a\tb\"", "line 1, column 3")]
    [InlineData("{", "line 1, column 2")]
    [InlineData("\"%invitee%", "line 1, column 11")]
    [InlineData("\uFEFF{}", "line 1, column 1")]
    [InlineData("a=b", "line 1, column 1")]
    public void Create_NotWellFormed_IsRefusedWithItsPosition(string template, string position)
    {
        var problem = Expansion.Refusal(Expansion.Json, template);

        Assert.StartsWith($"InvitationCreatedPostData: {position}: ", problem, StringComparison.Ordinal);
        Assert.Contains("not well-formed JSON", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%invitee%", "line 1, column 1: %invitee%")]
    [InlineData("{\"a\":%invitor%}", "line 1, column 6: %invitor%")]
    [InlineData("{\n  \"a\": 1%invitee%}", "line 2, column 9: %invitee%")]
    [InlineData("{%network_id%:1}", "line 1, column 2: %network_id%")]
    [InlineData("[1]%invitee%", "line 1, column 4: %invitee%")]
    public void Create_PlaceholderOutsideString_IsRefusedWithTheRemedy(string template, string expected) =>
        Assert.Equal(
            $"InvitationCreatedPostData: {expected} is outside a string. Put it between double quotes.",
            Expansion.Refusal(Expansion.Json, template));

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void Create_DeepNesting_IsReadWithoutHarm(int depth)
    {
        var refusal = Expansion.Refusal(Expansion.Json, new string('[', depth));
        Assert.Contains("not well-formed JSON", refusal, StringComparison.Ordinal);

        var nested = new string('[', depth) + "\"%invitee%\"" + new string(']', depth);
        Assert.Equal(depth * 2 + 3, Expansion.Text(Expansion.Json, nested, "x").Length);
    }
}
