using System.Buffers;
using System.Globalization;
using System.Text;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>
/// Makes foreign text safe to show: what could move the cursor, change colours or turn the reading direction is spelt
/// out, so that a terminal shows it instead of obeying it.
/// </summary>
internal static class Printable
{
    /// <summary>Bytes from the wire, line by line; bytes that are no UTF-8 appear as <c>\xNN</c>.</summary>
    public static string Wire(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            // A line break ends in LF here as there; only a CR on its own is worth showing.
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

    /// <summary>Text that has to stay on one line, for instance in a message.</summary>
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
