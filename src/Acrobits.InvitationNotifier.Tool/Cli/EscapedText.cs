using System.Buffers;
using System.Globalization;
using System.Text;

namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>
/// Makes untrusted text safe to print. Characters that a terminal would obey, such as escape sequences and bidirectional
/// controls, appear as <c>\u{NN}</c>.
/// </summary>
internal static class EscapedText
{
    /// <summary>Escapes bytes and keeps their lines. Bytes that are not valid UTF-8 appear as <c>\xNN</c>.</summary>
    public static string Wire(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            // CR LF becomes LF. Only a CR on its own is shown.
            if (bytes.StartsWith("\r\n"u8))
            {
                bytes = bytes[1..];
            }

            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status == OperationStatus.Done)
            {
                Append(text, rune, keepLines: true);
            }
            else
            {
                foreach (var stray in bytes[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{stray:X2}");
                }
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>Escapes text that has to stay on one line.</summary>
    public static string Line(string value)
    {
        StringBuilder text = new(value.Length);
        foreach (var rune in value.EnumerateRunes())
        {
            Append(text, rune, keepLines: false);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Rune rune, bool keepLines)
    {
        if (IsSafe(rune) || (keepLines && rune.Value is '\n' or '\t'))
        {
            text.Append(rune.ToString());
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
        }
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
