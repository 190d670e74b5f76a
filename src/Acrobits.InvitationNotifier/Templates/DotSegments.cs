namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Counts the segments "." and ".." of a path, including percent-encoded ones (RFC 3986, section 6.2.2.2). A percent-encoded
/// slash or backslash separates segments too: many servers decode it before they choose a handler.
/// </summary>
internal static class DotSegments
{
    public static int CountIn(ReadOnlySpan<char> path)
    {
        var count = 0;
        for (var (start, end) = (0, 0); end <= path.Length;)
        {
            var separator = end == path.Length ? 1 : SeparatorAt(path[end..]);
            if (separator == 0)
            {
                end++;
                continue;
            }

            count += IsDotSegment(path[start..end]) ? 1 : 0;
            start = end += separator;
        }

        return count;
    }

    // The length of the separator that the text starts with; 0 if there is none. A template can have a plain backslash, which
    // is encoded later.
    private static int SeparatorAt(ReadOnlySpan<char> text) => text switch
    {
        ['/' or '\\', ..] => 1,
        ['%', '2', 'F' or 'f', ..] or ['%', '5', 'C' or 'c', ..] => 3,
        _ => 0,
    };

    private static bool IsDotSegment(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            var length = segment[0] == '.' ? 1
                : segment is ['%', '2', 'e' or 'E', ..] ? 3
                : 0;
            if (length == 0 || ++dots > 2)
            {
                return false;
            }

            segment = segment[length..];
        }

        return dots > 0;
    }
}
