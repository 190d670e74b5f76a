using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Acrobits.InvitationNotifier.Tool.Records;

/// <summary>
/// Reads the lines of a file as bytes, so that a record can be copied to another file unchanged, and a damaged line does
/// not affect the others. UTF-16 with a byte order mark becomes UTF-8. Only one buffer of the file is in memory.
/// </summary>
internal static class LineReader
{
    public const int MaxLength = 64 * 1024;

    public static async IAsyncEnumerable<Line> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (reader, isUtf16) = await OpenAsync(stream, cancellationToken);
        long number = 0;
        long position = 0;
        var isTooLong = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } feed)
            {
                var line = buffer.Slice(0, feed);
                buffer = buffer.Slice(buffer.GetPosition(1, feed));
                position += LengthInFile(line, isUtf16) + (isUtf16 ? 2 : 1);
                isTooLong |= line.Length > MaxLength;
                yield return CreateLine(++number, line, position, isTooLong, isUtf16);
                isTooLong = false;
            }

            if (read.IsCompleted)
            {
                // The last line may lack its line feed.
                if (!buffer.IsEmpty || isTooLong)
                {
                    position += LengthInFile(buffer, isUtf16);
                    yield return CreateLine(++number, buffer, position, isTooLong, isUtf16);
                }

                break;
            }

            if (buffer.Length > MaxLength)
            {
                isTooLong = true;
                position += LengthInFile(buffer, isUtf16);
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }

        await reader.CompleteAsync();
    }

    private static async Task<(PipeReader Reader, bool IsUtf16)> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var start = (await reader.ReadAtLeastAsync(2, cancellationToken)).Buffer;
        var encoding = start.Slice(0, Math.Min(2, start.Length)).ToArray() switch
        {
            [0xFF, 0xFE] => Encoding.Unicode,
            [0xFE, 0xFF] => Encoding.BigEndianUnicode,
            _ => null,
        };
        reader.AdvanceTo(start.Start);
        return encoding is null
            ? (reader, false)
            : (PipeReader.Create(Encoding.CreateTranscodingStream(reader.AsStream(), encoding, Encoding.UTF8)), true);
    }

    private static long LengthInFile(ReadOnlySequence<byte> utf8, bool isUtf16) =>
        isUtf16 ? 2L * Encoding.UTF8.GetString(utf8).Length : utf8.Length;

    private static Line CreateLine(long number, ReadOnlySequence<byte> line, long end, bool isTooLong, bool isUtf16)
    {
        if (isTooLong)
        {
            return new Line(number, null, end, $"longer than {MaxLength} bytes");
        }

        var bytes = line.ToArray();
        if (number == 1 && bytes.AsSpan().StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        // Half a surrogate pair was replaced by U+FFFD.
        return isUtf16 && bytes.AsSpan().IndexOf("\uFFFD"u8) >= 0
            ? new Line(number, null, end, "not valid UTF-16")
            : new Line(number, bytes, end);
    }
}
