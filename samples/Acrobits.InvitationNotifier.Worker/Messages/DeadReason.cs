using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>
/// Why a message is dead, in few words, so that equal reasons can be counted. Of texts that are not the library's only the
/// kind of the exception is shown: they may quote the message.
/// </summary>
internal static partial class DeadReason
{
    public static string Of(string? details)
    {
        var match = Known().Match(details ?? "");
        return match.Success ? match.Groups["reason"].Value
            : Kind().Match(details ?? "") is { Success: true } kind ? kind.Value
            : "unknown";
    }

    // What the library writes when the schedule is exhausted, and of messages that it cannot read.
    [GeneratedRegex(@"The last outcome: (?<reason>[A-Za-z0-9_, ]+)\.|(?<reason>The body is not an invitation\b|The message is of the type acrobits\.invitation\.[A-Za-z0-9.]{1,20})")]
    private static partial Regex Known();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]*Exception\b")]
    private static partial Regex Kind();
}
