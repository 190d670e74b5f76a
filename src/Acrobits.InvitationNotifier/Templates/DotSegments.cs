namespace Acrobits.InvitationNotifier.Templates;

/// <summary>Counts the segments "." and ".." of a path, including percent-encoded ones (RFC 3986, section 6.2.2.2).</summary>
internal static class DotSegments
{
    public static int CountIn(ReadOnlySpan<char> path)
    {
        var count = 0;
        foreach (var segment in path.Split('/'))
        {
            count += IsDotSegment(path[segment]) ? 1 : 0;
        }

        return count;
    }

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
