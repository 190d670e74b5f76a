using System.Xml;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Checks an XML template and finds out what each placeholder stands in. A '%' can be no part of a name or a reference,
/// so a well-formed template has its placeholders in text, attribute values and CDATA, or in comments and processing
/// instructions, where they are refused.
/// </summary>
internal static class XmlTemplate
{
    public static List<(Placeholder, Place)> Locate(string text, List<Placeholder> placeholders, Action<string> report)
    {
        var places = new List<(Placeholder, Place)>();
        if (!IsWellFormed(text, placeholders, report))
        {
            return places;
        }

        string? open = null;
        var (end, refused) = (0, 0);
        foreach (var placeholder in placeholders)
        {
            open = MarkupAt(text, placeholder.Start, open, ref end);
            switch (open)
            {
                case "<!--" or "<?":
                    report($"{Position.InText(text, placeholder.Start)}: {placeholder} stands in a comment or a processing instruction. Remove it, or put it into text or an attribute value");
                    if (++refused == 10)
                    {
                        return places;
                    }

                    break;
                case "<![CDATA[":
                    places.Add((placeholder, IsBeforeEnd(text, placeholder) ? Place.CDataBeforeEnd : Place.CData));
                    break;
                case "<":
                    places.Add((placeholder, Place.XmlAttribute));
                    break;
                default:
                    places.Add((placeholder, IsBeforeEnd(text, placeholder) ? Place.XmlTextBeforeEnd : Place.XmlText));
                    break;
            }
        }

        return places;
    }

    // Another placeholder in between would be no danger: a value is never empty, and looks after itself.
    private static bool IsBeforeEnd(string text, Placeholder placeholder) =>
        text.AsSpan(placeholder.End) is ['>', ..] or [']', '>', ..];

    private static bool IsWellFormed(string text, List<Placeholder> placeholders, Action<string> report)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(new StringReader(text), settings);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.XmlDeclaration && reader.GetAttribute("encoding") is { } encoding
                    && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                {
                    report("line 1, column 1: the XML declaration names an encoding other than UTF-8, which is what is sent. Write encoding=\"UTF-8\"");
                    return false;
                }
            }

            return true;
        }
        catch (XmlException exception)
        {
            // The exception's own message quotes the template.
            var index = Position.IndexOf(text, exception.LineNumber, exception.LinePosition);
            if (exception.LineNumber == 0)
            {
                // The reader does not say where the prohibited declaration stands.
                index = Math.Max(0, text.IndexOf("<!DOCTYPE", StringComparison.Ordinal));
            }

            var bare = placeholders.FindIndex(placeholder => placeholder.Start <= index && index < placeholder.End);
            if (bare >= 0)
            {
                report($"{Position.InText(text, placeholders[bare].Start)}: {placeholders[bare]} stands where XML has no text. Put it into text, an attribute value or CDATA");
            }
            else if (text.AsSpan(index).StartsWith("DOCTYPE") || text.AsSpan(index).StartsWith("<!DOCTYPE"))
            {
                report($"{Position.InText(text, index)}: a document type declaration is not allowed. Remove it");
            }
            else
            {
                report($"{Position.InText(text, index)}: not well-formed XML. Correct it there or just before");
            }

            return false;
        }
    }

    // Walks a well-formed document on to the index, from the end of the markup that was found last; the markup that is
    // open at the index, or null in text. Starting over for each placeholder would take quadratic time.
    private static string? MarkupAt(string text, int index, string? last, ref int end)
    {
        if (index < end)
        {
            return last;
        }

        while (text.AsSpan(end, index - end).IndexOf('<') is >= 0 and var offset)
        {
            var start = end + offset;
            var (open, close) = text.AsSpan(start) switch
            {
                ['<', '!', '-', '-', ..] => ("<!--", "-->"),
                ['<', '!', '[', ..] => ("<![CDATA[", "]]>"),
                ['<', '?', ..] => ("<?", "?>"),
                _ => ("<", ">"),
            };

            end = open == "<" ? EndOfTag(text, start) : text.IndexOf(close, start + open.Length, StringComparison.Ordinal) + close.Length;
            if (end > index)
            {
                return open;
            }
        }

        // Text up to here holds no markup; the next look need not go through it again.
        end = index;
        return null;
    }

    // A '>' may stand inside a quoted attribute value.
    private static int EndOfTag(string text, int start)
    {
        var at = start;
        while (text[at] != '>')
        {
            at = text[at] is '"' or '\'' ? text.IndexOf(text[at], at + 1) + 1 : at + 1;
        }

        return at + 1;
    }
}
