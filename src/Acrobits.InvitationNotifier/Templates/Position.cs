namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Says where in a template something stands. Templates hold secrets, so a message never quotes them.</summary>
internal static class Position
{
    /// <summary>Lines and columns count from 1.</summary>
    public static string InText(string text, int index)
    {
        var before = text.AsSpan(0, index);
        return $"line {before.Count('\n') + 1}, column {index - before.LastIndexOf('\n')}";
    }

    /// <summary>The index of a text reader's position, where lines and columns count from 1.</summary>
    public static int IndexOf(string text, int line, int column) =>
        Math.Clamp(StartOfLine(text, line - 1) + column - 1, 0, text.Length);

    /// <summary>The index of a UTF-8 reader's position, where lines and the bytes in a line count from 0.</summary>
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
