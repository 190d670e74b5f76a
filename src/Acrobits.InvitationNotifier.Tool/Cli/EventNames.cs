namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>The names of the events, as users read and write them.</summary>
internal static class EventNames
{
    /// <summary>The values of <c>--event</c> and of the column <c>event</c>.</summary>
    public static IReadOnlyList<string> All { get; } = ["created", "accepted"];

    /// <summary>The name of the web service, such as "invitation created".</summary>
    public static string Name(this InvitationEvent invitationEvent) => $"invitation {All[(int)invitationEvent]}";

    /// <summary>Reads a value. Null: it is none of <see cref="All"/>.</summary>
    public static InvitationEvent? Parse(string text) =>
        All.ToList().FindIndex(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index
            ? (InvitationEvent)index
            : null;
}
