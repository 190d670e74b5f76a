using System.Globalization;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>What docs/operations.md promises to operators, read from its text.</summary>
internal static partial class OperationsPage
{
    private const string Prefix = "acrobits.invitation_notifier";

    public static string Text { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "EndToEnd", "operations.md"));

    /// <summary>The table of instruments: name, kind, unit and tags.</summary>
    public static IReadOnlyList<(string Name, string Kind, string Unit, string[] Tags)> Instruments { get; } =
    [
        .. InstrumentRow().Matches(Text).Select(row => (
            row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value, Code(row.Groups["tags"].Value))),
    ];

    /// <summary>The table of log messages: event id and level.</summary>
    public static IReadOnlyDictionary<int, string> Events { get; } = EventRow().Matches(Text)
        .ToDictionary(row => int.Parse(row.Groups["id"].ValueSpan, CultureInfo.InvariantCulture), row => row.Groups["level"].Value);

    public static string[] Outcomes { get; } = Code(Between("Outcomes in tags: ", "\n"));

    /// <summary>The values of <c>error.type</c> in the tables of causes, without names of exceptions.</summary>
    public static string[] ErrorTypes { get; } =
    [
        .. Between("### The provider is unreachable", "### Invitations arrive twice").Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Code(line.Split('|')[1]))
            .Where(value => char.IsAsciiLetterLower(value[0]) && value != "error.type"),
    ];

    /// <summary>Name and tags of the activity of a notification.</summary>
    public static string[] NotificationActivity { get; } = Code(Between("gives one activity", ", and under it"));

    /// <summary>Names and tags of the activity of a request.</summary>
    public static string[] RequestActivity { get; } = Code(Between(", and under it", ")."));

    /// <summary>Name and tags of the activity that enqueues.</summary>
    public static string[] SendActivity { get; } = Code(Between("`send invitations`", ")."));

    /// <summary>Name and tags of the activity of a delivery from a queue.</summary>
    public static string[] ProcessActivity { get; } =
        [.. Code(Between("`process invitations` (the same tags", ").")), .. SendActivity[1..]];

    // The text between back quotes; ".outcome" stands for the same prefix as the name before it.
    private static string[] Code(string text) =>
        [.. CodeSpan().Matches(text).Select(span => span.Groups[1].Value).Select(name => name[0] == '.' ? Prefix + name : name)];

    private static string Between(string from, string to)
    {
        var start = Text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(start >= 0, $"The page no longer says '{from}'.");
        return Text[start..Text.IndexOf(to, start + from.Length, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^\| `(?<name>acrobits\.[^`]+)`, (?<kind>[^|]+) \| `(?<unit>[^`]+)` \|(?<tags>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(@"^\| (?<id>\d+) \| (?<level>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex EventRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();
}
