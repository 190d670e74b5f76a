using Acrobits.InvitationNotifier.Tool.Cli;

namespace Acrobits.InvitationNotifier.Tool.Records;

/// <summary>One record of a file of invitations.</summary>
/// <param name="Line">The line it begins on.</param>
/// <param name="LastLine">The line it ends on. In CSV, a quoted value can contain line breaks.</param>
/// <param name="End">The position in the file after the record, in bytes.</param>
/// <param name="Raw">The record in UTF-8 as the file has it, without its last line feed.</param>
/// <param name="Invitation">The invitation. Null if the record is malformed.</param>
/// <param name="Problem">What is wrong with a malformed record. It never quotes the record.</param>
internal sealed record InvitationRecord(
    long Line, long LastLine, long End, byte[] Raw, Invitation? Invitation, string? Problem)
{
    /// <param name="lines">The lines of the record.</param>
    /// <param name="raw">The record in UTF-8.</param>
    /// <param name="invitee">The invited user.</param>
    /// <param name="invitor">The inviting user.</param>
    /// <param name="networkId">The network.</param>
    /// <param name="invitationEvent">The event. Null: the record has no valid one.</param>
    public static InvitationRecord Of(
        IReadOnlyList<Line> lines, byte[] raw, string? invitee, string? invitor, string? networkId, InvitationEvent? invitationEvent)
    {
        var problem = string.IsNullOrWhiteSpace(invitee) ? "invitee is missing or blank"
            : string.IsNullOrWhiteSpace(invitor) ? "invitor is missing or blank"
            : string.IsNullOrWhiteSpace(networkId) ? "network_id is missing or blank"
            : invitationEvent is null ? $"event is not {string.Join(" or ", EventNames.All)}"
            : null;
        if (problem is not null)
        {
            return Malformed(lines[^1], problem) with { Line = lines[0].Number };
        }

        Invitation invitation = new(invitee!, invitor!, networkId!) { Event = invitationEvent!.Value };
        return new InvitationRecord(lines[0].Number, lines[^1].Number, lines[^1].End, raw, invitation, null);
    }

    /// <summary>Reads the event of a record. An absent or empty one is the default. Null: it is not an event.</summary>
    public static InvitationEvent? ReadEvent(string? text, InvitationEvent defaultEvent) =>
        string.IsNullOrEmpty(text) ? defaultEvent : EventNames.Parse(text);

    public static InvitationRecord Malformed(Line line, string problem) =>
        new(line.Number, line.Number, line.End, [], null, problem);
}
