namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Converts positions in a template. Messages give positions instead of quoting templates, which can hold secrets.
/// </summary>
internal static class Position
{
    /// <summary>Describes an index as line and column, which count from 1.</summary>
    public static string InText(string text, int index)
    {
        var before = text.AsSpan(0, index);
        return $"line {before.Count('\n') + 1}, column {index - before.LastIndexOf('\n')}";
    }

    /// <summary>Returns the index of a text reader's position. Lines and columns count from 1.</summary>
    public static int IndexOf(string text, int line, int column) =>
        Math.Clamp(StartOfLine(text, line - 1) + column - 1, 0, text.Length);

    /// <summary>Returns the index of a UTF-8 reader's position. Lines and the bytes in a line count from 0.</summary>
    public static int IndexOfByte(string text, long line, long byteInLine)
    {
        var index = StartOfLine(text, line);
        foreach (var rune in text.AsSpan(index).EnumerateRunes())
        {
            byteInLine -= rune.Utf8SequenceLength;
            if (byteInLine < 0)
            {
                break;
            }

            index += rune.Utf16SequenceLength;
        }

        return index;
    }

    private static int StartOfLine(string text, long line)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            start = text.IndexOf('\n', start) + 1;
        }

        return start;
    }
}
