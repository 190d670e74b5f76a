using System.Text;
using Acrobits.InvitationNotifier.Tool.Cli;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class EscapedTextTests
{
    [Theory]
    [InlineData("a\r\nb\n\tż", "a\nb\n\tż")]
    [InlineData("\u001B[2J\u0007", @"\u{1B}[2J\u{7}")]
    [InlineData("a\rb", @"a\u{D}b")]
    [InlineData("\u009B1m", @"\u{9B}1m")]
    [InlineData("\u202Eevil\u2028", @"\u{202E}evil\u{2028}")]
    public void Wire_Text_ShowsWhatATerminalWouldObey(string text, string expected) =>
        Assert.Equal(expected, EscapedText.Wire(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Wire_NoUtf8_ShowsTheBytes() =>
        Assert.Equal(@"a\xFF\xC3b", EscapedText.Wire([(byte)'a', 0xFF, 0xC3, (byte)'b']));

    [Fact]
    public void Line_LineBreaks_StaysOnOneLine() =>
        Assert.Equal(@"a\u{D}\u{A}b", EscapedText.Line("a\r\nb"));
}
