using System.Buffers;
using System.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Writes a value so that a reader of the format gets exactly that value back.</summary>
internal static class Escaping
{
    // RFC 3986, section 2.3. All else is encoded, so that a '+' never becomes a space nor a '/' a segment.
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    // RFC 8259, section 7.
    private static readonly SearchValues<char> JsonSpecials = SearchValues.Create([.. Range(0x00, 0x1F), '"', '\\']);

    // What XML 1.0 (section 2.2) does not allow at all, what is markup, and what a reader would normalise.
    private static readonly SearchValues<char> XmlSpecials = SearchValues.Create(
        [.. Range(0x00, 0x1F), '\uFFFE', '\uFFFF', '&', '<', '>', '"', '\'']);

    private const string NewCData = "]]><![CDATA[";

    /// <summary>Writes <paramref name="value"/>; false where the place cannot carry it.</summary>
    public static bool TryWrite(string value, Place place, ref TextBuffer output)
    {
        switch (place)
        {
            case Place.JsonString:
                WriteJson(value, ref output);
                return true;
            case Place.XmlAttribute or Place.XmlText or Place.XmlTextBeforeEnd or Place.CData or Place.CDataBeforeEnd:
                return TryWriteXml(value, place, ref output);
            default:
                WritePercentEncoded(value, Unreserved, ref output);
                return true;
        }
    }

    /// <summary>Percent-encodes, as UTF-8, all characters but the given ones (RFC 3986, section 2.1).</summary>
    public static void WritePercentEncoded(ReadOnlySpan<char> value, SearchValues<char> unescaped, ref TextBuffer output)
    {
        while (!value.IsEmpty)
        {
            var run = value.IndexOfAnyExcept(unescaped);
            if (run != 0)
            {
                run = run < 0 ? value.Length : run;
                output.Append(value[..run]);
                value = value[run..];
                continue;
            }

            Rune.DecodeFromUtf16(value, out var rune, out var length);
            WritePercentEncoded(rune, ref output);
            value = value[length..];
        }
    }

    private static void WritePercentEncoded(Rune rune, ref TextBuffer output)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
        {
            output.Append('%');
            output.Append(HexDigit(octet >> 4));
            output.Append(HexDigit(octet & 0xF));
        }
    }

    private static void WriteJson(ReadOnlySpan<char> value, ref TextBuffer output)
    {
        while (CopyUpTo(JsonSpecials, ref value, ref output) is { } special)
        {
            output.Append('\\');
            switch (special)
            {
                case '"' or '\\':
                    output.Append(special);
                    break;
                case '\n':
                    output.Append('n');
                    break;
                case '\r':
                    output.Append('r');
                    break;
                case '\t':
                    output.Append('t');
                    break;
                default:
                    output.Append("u00");
                    output.Append(HexDigit(special >> 4));
                    output.Append(HexDigit(special & 0xF));
                    break;
            }
        }
    }

    private static bool TryWriteXml(ReadOnlySpan<char> value, Place place, ref TextBuffer output)
    {
        var isCData = place is Place.CData or Place.CDataBeforeEnd;
        var isText = place is Place.XmlText or Place.XmlTextBeforeEnd;

        // Together with the template's own text it could complete "]]>", which neither text nor CDATA can hold.
        var hasBracket = place is Place.XmlTextBeforeEnd or Place.CDataBeforeEnd && value is [.., ']'];
        if (hasBracket && isText)
        {
            value = value[..^1];
        }

        while (CopyUpTo(XmlSpecials, ref value, ref output) is { } special)
        {
            var reference = special switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&apos;",
                '\r' => "&#xD;",
                '\n' => "&#xA;",
                '\t' => "&#x9;",
                _ => null,
            };

            if (reference is null)
            {
                return false;
            }

            // CDATA knows no references: step out of the section, or begin a new one inside "]]>".
            if (isCData && special == '\r')
            {
                output.Append("]]>");
                output.Append(reference);
                output.Append("<![CDATA[");
            }
            else if (isCData && special == '>' && output.Written.EndsWith("]]"))
            {
                output.Append(NewCData);
                output.Append(special);
            }
            // A line feed or a tab is itself in text; in an attribute a reader would make a space of it (section 3.3.3).
            else if (isCData || (isText && special is '\n' or '\t' or '"' or '\''))
            {
                output.Append(special);
            }
            else
            {
                output.Append(reference);
            }
        }

        if (hasBracket)
        {
            output.Append(isText ? "&#x5D;" : NewCData);
        }

        return true;
    }

    // Copies the harmless text before the next special character and takes that character; null at the end.
    private static char? CopyUpTo(SearchValues<char> specials, ref ReadOnlySpan<char> value, ref TextBuffer output)
    {
        var run = value.IndexOfAny(specials);
        if (run < 0)
        {
            output.Append(value);
            value = default;
            return null;
        }

        output.Append(value[..run]);
        var special = value[run];
        value = value[(run + 1)..];
        return special;
    }

    private static char HexDigit(int value) => "0123456789ABCDEF"[value];

    private static IEnumerable<char> Range(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(code => (char)code);
}
