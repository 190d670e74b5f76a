using System.Text;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>A page in Markdown: its examples, links, anchors and code spans.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="Text">Its text.</param>
internal sealed partial record Page(string Path, string Text)
{
    // Comments are invisible to readers.
    private const string FragmentMark = "<!-- fragment -->";

    /// <summary>The blocks between fences, in the order of the page.</summary>
    public IReadOnlyList<Example> Examples { get; } = [.. ReadExamples(Path, Text)];

    /// <summary>The text without its examples.</summary>
    public string Prose { get; } = Fence().Replace(Text.ReplaceLineEndings("\n"), "");

    /// <summary>What links and pictures lead to.</summary>
    public IEnumerable<string> Links => Link().Matches(Prose).Select(link => link.Groups["target"].Value);

    /// <summary>What stands between back quotes in the prose.</summary>
    public IEnumerable<string> CodeSpans => CodeSpan().Matches(Prose).Select(span => span.Groups[1].Value);

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors { get; } = Heading().Matches(Fence().Replace(Text.ReplaceLineEndings("\n"), ""))
        .Select(heading => Slug(heading.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

    /// <summary>How many words a reader reads, examples included.</summary>
    public int Words => Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>How many lines there are.</summary>
    public int Lines => Text.TrimEnd().Split('\n').Length;

    private static IEnumerable<Example> ReadExamples(string path, string text)
    {
        string? language = null;
        var (code, start, previous, isFragment) = (new StringBuilder(), 0, "", false);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1];
            if (language is null && line.StartsWith("```", StringComparison.Ordinal))
            {
                (language, start, isFragment) = (line[3..].Trim(), number, previous == FragmentMark);
                code.Clear();
            }
            else if (language is not null && line == "```")
            {
                yield return new Example(path, start, language, code.ToString(), isFragment);
                language = null;
            }
            else if (language is not null)
            {
                code.Append(line).Append('\n');
            }

            previous = line.Trim();
        }

        if (language is not null)
        {
            throw new FormatException($"{path}: the example of line {start} has no end.");
        }
    }

    private static string Slug(string heading)
    {
        var text = CodeSpan().Replace(LinkText().Replace(heading, "$1"), "$1").Trim().ToLowerInvariant();
        return string.Concat(text.Where(character => char.IsLetterOrDigit(character) || character is ' ' or '-' or '_')).Replace(' ', '-');
    }

    [GeneratedRegex("^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex LinkText();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex CodeSpan();
}
