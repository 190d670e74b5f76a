using System.Globalization;

namespace Acrobits.InvitationNotifier.Text;

/// <summary>Makes external text safe for logs: it replaces characters that can forge log lines.</summary>
internal readonly record struct LogSafeText(string Text)
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

    // Control characters, line separators (U+2028, U+2029), and bidirectional controls, which change the displayed order.
    private static bool IsForging(char character) => char.GetUnicodeCategory(character) is
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || character is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
