namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>One line of a file.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Bytes">The line without its line feed, or <see langword="null"/> where it is too long to be one.</param>
/// <param name="End">How many bytes of the file are read once it is.</param>
internal readonly record struct Line(long Number, byte[]? Bytes, long End)
{
    public bool IsBlank => Bytes is { } bytes && bytes.AsSpan().Trim(" \t\r"u8).IsEmpty;
}
