namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>One invitation of a file, or what stands there instead.</summary>
/// <param name="Line">The line it begins on.</param>
/// <param name="LastLine">The line it ends on; in CSV, quoted values may hold line breaks.</param>
/// <param name="End">How many bytes of the file are read once it is.</param>
/// <param name="Raw">The record as it stands in the file, without its last line feed.</param>
/// <param name="Invitation">The invitation, or <see langword="null"/> where the record is malformed.</param>
/// <param name="Problem">What is wrong with a malformed record. It never quotes the record.</param>
internal sealed record BulkRecord(
    long Line, long LastLine, long End, byte[] Raw, Invitation? Invitation, string? Problem)
{
    public static BulkRecord Of(
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
        return new BulkRecord(lines[0].Number, lines[^1].Number, lines[^1].End, raw, invitation, null);
    }

    public static BulkRecord Malformed(Line line, string problem) =>
        new(line.Number, line.Number, line.End, [], null, problem);
}
