using System.Text;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>Reads the commands of a shell example: words, quotes, comments, aliases and lines that go on.</summary>
internal static class ShellCommand
{
    public static IEnumerable<string[]> ReadAll(string script)
    {
        var aliases = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var line in script.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            var words = Read(line).ToArray();
            if (words is ["alias", var alias])
            {
                var equals = alias.IndexOf('=', StringComparison.Ordinal);
                words = [.. Read(alias[(equals + 1)..])];
                aliases[alias[..equals]] = words;
            }

            if (words.Length > 0)
            {
                yield return aliases.TryGetValue(words[0], out var meant) ? [.. meant, .. words[1..]] : words;
            }
        }
    }

    private static IEnumerable<string> Read(string line)
    {
        StringBuilder? word = null;
        char? quote = null;
        foreach (var character in line)
        {
            if (quote is not null)
            {
                (quote, word) = character == quote ? (null, word) : (quote, word!.Append(character));
            }
            else if (character is '\'' or '"')
            {
                (quote, word) = (character, word ?? new StringBuilder());
            }
            else if (character == '#' && word is null)
            {
                yield break;
            }
            else if (character is ' ' or '&')
            {
                if (word is not null)
                {
                    yield return word.ToString();
                }

                word = null;
            }
            else
            {
                word = (word ?? new StringBuilder()).Append(character);
            }
        }

        if (word is not null)
        {
            yield return word.ToString();
        }
    }
}
