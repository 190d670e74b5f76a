using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>JSON Lines: each line an object with "invitee", "invitor" and "network_id".</summary>
internal sealed class JsonLinesRecordReader(Stream stream) : IRecordReader
{
    public byte[]? Header => null;

    public async IAsyncEnumerable<BulkRecord> ReadAsync(
        long skip, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in LineReader.ReadAsync(stream, cancellationToken))
        {
            if (line.Number > skip && !line.IsBlank)
            {
                yield return Parse(line);
            }
        }
    }

    private static BulkRecord Parse(Line line)
    {
        if (line.Bytes is not { } bytes)
        {
            return BulkRecord.Malformed(line, $"longer than {LineReader.MaxLength} bytes");
        }

        try
        {
            using var json = JsonDocument.Parse(bytes);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? BulkRecord.Of([line], bytes, Text(json, "invitee"), Text(json, "invitor"), Text(json, "network_id"))
                : BulkRecord.Malformed(line, "not a JSON object");
        }
        catch (JsonException exception)
        {
            return BulkRecord.Malformed(line, $"not valid JSON at byte {exception.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // A number where a string is wanted; or text that Unicode does not allow: half a surrogate pair, bytes that
            // are no UTF-8.
            return BulkRecord.Malformed(line, "the three values have to be strings of valid text");
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
}
