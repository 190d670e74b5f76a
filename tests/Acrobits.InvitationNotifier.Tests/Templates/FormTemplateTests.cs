namespace Acrobits.InvitationNotifier.Tests.Templates;

public class FormTemplateTests
{
    [Theory]
    [InlineData("+420", "%2B420")]
    [InlineData("a b", "a%20b")]
    [InlineData("a&b=c", "a%26b%3Dc")]
    [InlineData("a\r\nb\0", "a%0D%0Ab%00")]
    [InlineData("*-._~", "%2A-._~")]
    [InlineData("ž\U0001F600", "%C5%BE%F0%9F%98%80")]
    public void CreateRequest_Value_IsPercentEncoded(string value, string expected) =>
        Assert.Equal($"a={expected}", Expansion.Text(Expansion.Form, "a=%invitee%", value));

    [Theory]
    [InlineData("a=1\n", "line 1, column 4")]
    [InlineData("a=\t%invitee%", "line 1, column 3")]
    [InlineData("a=%invitee%&\u007F", "line 1, column 13")]
    [InlineData("a=\0", "line 1, column 3")]
    [InlineData("\u0001a=%invitee%", "line 1, column 1")]
    [InlineData("a=1\u0085", "line 1, column 4")]
    public void Create_ControlCharacter_IsRefusedWithItsPosition(string template, string position) =>
        Assert.Equal(
            $"InvitationCreatedPostData: {position}: a control character. Remove it, or percent-encode it.",
            Expansion.Refusal(Expansion.Form, template));

    [Theory]
    [InlineData("\uFEFFa=1", "line 1, column 1")]
    [InlineData("\uFEFF", "line 1, column 1")]
    [InlineData("\uFFFEa=1", "line 1, column 1")]
    [InlineData(" \uFEFFa=%invitee%", "line 1, column 2")]
    [InlineData("\u2003\u00A0\uFEFF\uFEFFa=1", "line 1, column 3")]
    public void Create_ByteOrderMark_IsRefusedWithItsPosition(string template, string position) =>
        Assert.Equal(
            $"InvitationCreatedPostData: {position}: a byte order mark. Remove it.",
            Expansion.Refusal(Expansion.Form, template));

    [Theory]
    [InlineData(Expansion.Json, "\uFEFF\"%invitee%\"")]
    [InlineData(Expansion.Json, "\uFFFE\"%invitee%\"")]
    [InlineData(Expansion.Json, " \uFEFF\"%invitee%\"")]
    [InlineData(Expansion.Xml, "\uFEFF<r>%invitee%</r>")]
    [InlineData(Expansion.Xml, "\uFFFE<r>%invitee%</r>")]
    [InlineData(Expansion.Xml, "\uFEFF<?xml version='1.0'?><r/>")]
    [InlineData(Expansion.Xml, " \uFEFF<r>%invitee%</r>")]
    public void Create_ByteOrderMarkInOtherFormats_IsRefused(string contentType, string template) =>
        Assert.StartsWith("InvitationCreatedPostData: line 1, column ", Expansion.Refusal(contentType, template), StringComparison.Ordinal);

    [Fact]
    public void CreateRequest_ZeroWidthNoBreakSpaceInTheMiddle_GoesOutAsItIs() =>
        Assert.Equal("a=\uFEFF1\uFEFF", Expansion.Text(Expansion.Form, "a=\uFEFF%invitee%\uFEFF", "1"));

    [Theory]
    [InlineData(Expansion.Form)]
    [InlineData(Expansion.Json)]
    [InlineData(Expansion.Xml)]
    public void Create_UnpairedSurrogate_IsRefused(string contentType) =>
        Assert.Equal(
            "InvitationCreatedPostData: the text is not valid UTF-16: it has an unpaired surrogate. Remove it.",
            Expansion.Refusal(contentType, "\"\uDE00\""));
}
