using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>
/// Reads a file line by line, as bytes: a line that is not delivered can be written to another file as it stood, and
/// one that is damaged harms no other. Only one buffer of the file is in memory at a time.
/// </summary>
internal static class LineReader
{
    public const int MaxLength = 64 * 1024;

    public static async IAsyncEnumerable<Line> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
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
                position += line.Length + 1;
                number++;
                isTooLong |= line.Length > MaxLength;
                yield return new Line(number, isTooLong ? null : Bytes(line, number), position);
                isTooLong = false;
                buffer = buffer.Slice(buffer.GetPosition(1, feed));
            }

            if (read.IsCompleted)
            {
                // The last line may lack its line feed.
                if (!buffer.IsEmpty || isTooLong)
                {
                    position += buffer.Length;
                    yield return new Line(number + 1, isTooLong ? null : Bytes(buffer, number + 1), position);
                }

                break;
            }

            if (buffer.Length > MaxLength)
            {
                isTooLong = true;
                position += buffer.Length;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }

        await reader.CompleteAsync();
    }

    private static byte[] Bytes(ReadOnlySequence<byte> line, long number)
    {
        var bytes = line.ToArray();

        // Spreadsheets begin UTF-8 files with a byte order mark.
        return number == 1 && bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }
}
