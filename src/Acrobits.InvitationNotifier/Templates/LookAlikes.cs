using System.Buffers;
using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Finds text that is not a placeholder but was probably meant as one: misspelt, in another case, percent-encoded, with a
/// missing <c>%</c>, or as other template languages write it.
/// </summary>
internal static partial class LookAlikes
{
    // "inviter" is as near to invitee as to invitor. The order makes invitor the suggestion, which is what it means.
    private static readonly string[] Known = ["invitor", "invitee", "network_id"];

    private static readonly SearchValues<char> Marks = SearchValues.Create("%{$:@[(");

    /// <summary>Returns the positions, counted from 0, and the placeholder that each one resembles most.</summary>
    public static IEnumerable<(int Start, string Nearest)> Find(string text) => text.AsSpan().ContainsAny(Marks)
        ? Pattern().Matches(Mask(text)).Select(match => (match.Index, Nearest(match.Groups["name"].Value)))
        : [];

    // Real placeholders and their parts must not be found.
    private static string Mask(string text)
    {
        var masked = text.ToCharArray();
        foreach (var placeholder in Placeholder.Find(text))
        {
            Array.Fill(masked, '\0', placeholder.Start, placeholder.End - placeholder.Start);
        }

        return new string(masked);
    }

    private static string Nearest(string name) => $"%{Known.MinBy(known => EditDistance.Between(name.ToLowerInvariant(), known))}%";

    // 1. %25name%25: percent-encoded as a whole.
    // 2. %name%, unless it is a part of escapes: "%C3%A9" is one, and so is "%20abc%20". "%caller%" is none, although it begins
    //    like an escape, because its last % does not.
    // 3. In the brackets of other template languages: {name}, {{ name }}, ${name}, #{name}, %{name}, %(name)s, $(name), <%= name %>.
    // 4. With one % only, or behind a $: %name, name%, $name.
    // 5. Behind a character that marks a parameter elsewhere, where a value begins: :name, @name, [name].
    [GeneratedRegex(
        """
          %25(?<name>[a-z][a-z0-9_-]*)%25
        | %(?![0-9a-f]{2}[^a-z%]|[0-9a-f]{2}%|[0-9])(?<name>[a-z][a-z0-9_-]*)%(?![0-9a-f]{2})
        | %(?![0-9a-f]{2})(?<name>[a-z][a-z0-9_-]*)%
        | (?:\{\{?|<%=?|[%$]\()\s*(?<name>invited|invit[eo][er]?|network[_-]?id)\s*(?:\}|%>|\))
        | [%$](?<name>invite[er]|invitor|network[_-]?id)\b
        | \b(?<name>invite[er]|invitor|network[_-]?id)%(?![0-9a-f]{2})
        | (?<=[=/">]\s*)[:@\[](?<name>invite[er]|invitor|network[_-]?id)\b
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
