namespace Acrobits.InvitationNotifier.Tool.Records;

/// <summary>One line of a file.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Bytes">The line in UTF-8, without its line feed. Null if it cannot be read.</param>
/// <param name="End">The position in the file after the line, in bytes.</param>
/// <param name="Problem">Why the line cannot be read.</param>
internal readonly record struct Line(long Number, byte[]? Bytes, long End, string? Problem = null)
{
    public bool IsBlank => Bytes is { } bytes && bytes.AsSpan().Trim(" \t\r"u8).IsEmpty;
}
