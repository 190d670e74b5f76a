using System.Xml;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Validates an XML template and finds the context of each placeholder. Names and references cannot hold '%', so the
/// placeholders of a well-formed template are in text, attribute values and CDATA, or in comments and processing instructions,
/// where they are rejected.
/// </summary>
internal static class XmlTemplate
{
    public static List<(Placeholder, EscapingContext)> Locate(string text, List<Placeholder> placeholders, Action<string> report)
    {
        var contexts = new List<(Placeholder, EscapingContext)>();
        if (!IsWellFormed(text, placeholders, report))
        {
            return contexts;
        }

        string? open = null;
        var (end, refused) = (0, 0);
        foreach (var placeholder in placeholders)
        {
            open = MarkupAt(text, placeholder.Start, open, ref end);
            switch (open)
            {
                case "<!--" or "<?":
                    report($"{Position.InText(text, placeholder.Start)}: {placeholder} is in a comment or a processing instruction. Remove it, or move it to text or an attribute value");
                    if (++refused == 10)
                    {
                        return contexts;
                    }

                    break;
                case "<![CDATA[":
                    contexts.Add((placeholder, IsBeforeEnd(text, placeholder) ? EscapingContext.CDataBeforeEnd : EscapingContext.CData));
                    break;
                case "<":
                    contexts.Add((placeholder, EscapingContext.XmlAttribute));
                    break;
                default:
                    contexts.Add((placeholder, IsBeforeEnd(text, placeholder) ? EscapingContext.XmlTextBeforeEnd : EscapingContext.XmlText));
                    break;
            }
        }

        return contexts;
    }

    // Another placeholder in between makes it safe, because a value is never empty and is escaped itself.
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
                    report("line 1, column 1: the XML declaration specifies an encoding other than UTF-8, but the body is sent as UTF-8. Write encoding=\"UTF-8\"");
                    return false;
                }
            }

            return true;
        }
        catch (XmlException exception)
        {
            // The exception's message quotes the template.
            var index = Position.IndexOf(text, exception.LineNumber, exception.LinePosition);
            if (exception.LineNumber == 0)
            {
                // The reader does not give the position of the prohibited declaration.
                index = Math.Max(0, text.IndexOf("<!DOCTYPE", StringComparison.Ordinal));
            }

            var bare = placeholders.FindIndex(placeholder => placeholder.Start <= index && index < placeholder.End);
            if (bare >= 0)
            {
                report($"{Position.InText(text, placeholders[bare].Start)}: {placeholders[bare]} is where XML allows no text. Move it to text, an attribute value or CDATA");
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

    // Returns the markup that is open at the index; null in text. Continues from the end of the last markup, because starting
    // over for each placeholder would take quadratic time.
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

        // There is no markup up to the index, so the next call starts here.
        end = index;
        return null;
    }

    // A quoted attribute value can hold '>'.
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
