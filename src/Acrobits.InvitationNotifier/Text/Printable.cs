using System.Globalization;

namespace Acrobits.InvitationNotifier.Text;

/// <summary>A text from outside, which must not be able to forge lines of a log.</summary>
internal readonly record struct Printable(string Text)
{
    public override string ToString()
    {
        var text = Text;
        return !text.Any(IsForging)
            ? text
            : string.Create(text.Length, text, static (printable, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                {
                    printable[i] = IsForging(source[i]) ? '\uFFFD' : source[i];
                }
            });
    }

    // Control characters, what viewers take for the end of a line (U+2028, U+2029), and what changes the order in which
    // the rest is shown (the bidirectional controls).
    private static bool IsForging(char character) => char.GetUnicodeCategory(character) is
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || character is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
