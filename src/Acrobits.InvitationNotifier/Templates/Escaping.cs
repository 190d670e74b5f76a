using System.Buffers;
using System.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Escapes values, so that a parser of the format reads exactly the original value.</summary>
internal static class Escaping
{
    // RFC 3986, section 2.3. Everything else is encoded: a '+' could be read as a space, and a '/' starts a segment.
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    // RFC 8259, section 7.
    private static readonly SearchValues<char> JsonSpecials = SearchValues.Create([.. Range(0x00, 0x1F), '"', '\\']);

    // Characters that XML 1.0 does not allow (section 2.2), markup, and white space that a parser would normalize.
    private static readonly SearchValues<char> XmlSpecials = SearchValues.Create(
        [.. Range(0x00, 0x1F), '\uFFFE', '\uFFFF', '&', '<', '>', '"', '\'']);

    private const string NewCData = "]]><![CDATA[";

    /// <summary>Writes an escaped value. Returns false if the context cannot represent it.</summary>
    public static bool TryWrite(string value, EscapingContext context, ref TextBuffer output)
    {
        switch (context)
        {
            case EscapingContext.JsonString:
                WriteJson(value, ref output);
                return true;
            case EscapingContext.XmlAttribute or EscapingContext.XmlText or EscapingContext.XmlTextBeforeEnd or EscapingContext.CData or EscapingContext.CDataBeforeEnd:
                return TryWriteXml(value, context, ref output);
            default:
                WritePercentEncoded(value, Unreserved, ref output);
                return true;
        }
    }

    /// <summary>Percent-encodes all characters except the given ones, as UTF-8 (RFC 3986, section 2.1).</summary>
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

    private static bool TryWriteXml(ReadOnlySpan<char> value, EscapingContext context, ref TextBuffer output)
    {
        var isCData = context is EscapingContext.CData or EscapingContext.CDataBeforeEnd;
        var isText = context is EscapingContext.XmlText or EscapingContext.XmlTextBeforeEnd;

        // A ']' before the template's own text could complete "]]>", which neither text nor CDATA can hold.
        var hasBracket = context is EscapingContext.XmlTextBeforeEnd or EscapingContext.CDataBeforeEnd && value is [.., ']'];
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

            // CDATA has no references. Leave the section for a reference, or split it inside "]]>".
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
            // Text keeps a line feed or a tab. In an attribute, a parser would turn it into a space (section 3.3.3).
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

    // Copies the text before the next special character, and returns that character; null at the end.
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
