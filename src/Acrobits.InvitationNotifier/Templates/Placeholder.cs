using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>A <c>%keyword%</c> in a template, and its position.</summary>
internal readonly record struct Placeholder(Keyword Keyword, int Start)
{
    // "inviter" is as near to invitee as to invitor. The order makes invitor the suggestion, which is what it means.
    private static readonly (Keyword Keyword, string Text)[] Known =
    [
        (Keyword.Invitor, "%invitor%"),
        (Keyword.Invitee, "%invitee%"),
        (Keyword.NetworkId, "%network_id%"),
    ];

    public int End => Start + TextOf(Keyword).Length;

    public override string ToString() => TextOf(Keyword);

    public static string TextOf(Keyword keyword) => Array.Find(Known, known => known.Keyword == keyword).Text;

    /// <summary>Finds the placeholders in one pass, from left to right.</summary>
    public static List<Placeholder> Find(string text)
    {
        var found = new List<Placeholder>();
        for (var at = text.IndexOf('%'); at >= 0;)
        {
            var match = Match(text, at);
            if (match is { } placeholder)
            {
                found.Add(placeholder);
            }

            var next = match?.End ?? at + 1;
            at = text.IndexOf('%', next);
        }

        return found;
    }

    /// <summary>
    /// Finds text of the form <c>%name%</c> that is not a placeholder but probably was meant as one. Percent-encoded text such
    /// as <c>%C3%A9</c> does not count.
    /// </summary>
    public static IEnumerable<(int Start, string Nearest)> FindLookAlikes(string text)
    {
        for (var at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (Match(text, at) is { } placeholder)
            {
                at = placeholder.End - 1;
                continue;
            }

            var end = at + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-'))
            {
                end++;
            }

            var name = text.AsSpan(at + 1, end - at - 1);
            var isEscape = name.Length >= 2 && char.IsAsciiHexDigit(name[0]) && char.IsAsciiHexDigit(name[1]);
            if (end < text.Length && text[end] == '%' && !name.IsEmpty && char.IsAsciiLetter(name[0]) && !isEscape
                && Match(text, end) is null)
            {
                yield return (at, Nearest(text[at..(end + 1)]));
                at = end;
            }
        }
    }

    private static Placeholder? Match(string text, int at)
    {
        foreach (var (keyword, known) in Known)
        {
            if (string.CompareOrdinal(text, at, known, 0, known.Length) == 0)
            {
                return new Placeholder(keyword, at);
            }
        }

        return null;
    }

    private static string Nearest(string name) =>
        Known.MinBy(known => EditDistance.Between(name.ToLowerInvariant(), known.Text)).Text;
}
