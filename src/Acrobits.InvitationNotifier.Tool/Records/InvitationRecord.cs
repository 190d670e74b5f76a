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
    public static InvitationRecord Of(
        IReadOnlyList<Line> lines, byte[] raw, string? invitee, string? invitor, string? networkId)
    {
        var blank = string.IsNullOrWhiteSpace(invitee) ? "invitee"
            : string.IsNullOrWhiteSpace(invitor) ? "invitor"
            : string.IsNullOrWhiteSpace(networkId) ? "network_id"
            : null;
        if (blank is not null)
        {
            return Malformed(lines[^1], $"{blank} is missing or blank") with { Line = lines[0].Number };
        }

        Invitation invitation = new(invitee!, invitor!, networkId!);
        return new InvitationRecord(lines[0].Number, lines[^1].Number, lines[^1].End, raw, invitation, null);
    }

    public static InvitationRecord Malformed(Line line, string problem) =>
        new(line.Number, line.Number, line.End, [], null, problem);
}
