namespace Acrobits.InvitationNotifier.Templates;

/// <summary>A <c>%keyword%</c> in a template, and its position.</summary>
internal readonly record struct Placeholder(Keyword Keyword, int Start)
{
    private static readonly (Keyword Keyword, string Text)[] Known =
    [
        (Keyword.Invitee, "%invitee%"),
        (Keyword.Invitor, "%invitor%"),
        (Keyword.NetworkId, "%network_id%"),
    ];

    public int End => Start + TextOf(Keyword).Length;

    public override string ToString() => TextOf(Keyword);

    /// <summary>The text of all placeholders.</summary>
    public static IEnumerable<string> All => Known.Select(known => known.Text);

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
}
