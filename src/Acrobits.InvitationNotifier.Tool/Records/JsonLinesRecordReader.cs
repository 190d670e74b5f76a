using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Acrobits.InvitationNotifier.Tool.Records;

/// <summary>Reads JSON Lines. Each line is an object with "invitee", "invitor", "network_id" and, optionally, "event".</summary>
internal sealed class JsonLinesRecordReader(Stream stream, InvitationEvent defaultEvent = InvitationEvent.Created) : IRecordReader
{
    public byte[]? Header => null;

    public async IAsyncEnumerable<InvitationRecord> ReadAsync(
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

    private InvitationRecord Parse(Line line)
    {
        if (line.Bytes is not { } bytes)
        {
            return InvitationRecord.Malformed(line, line.Problem!);
        }

        try
        {
            using var json = JsonDocument.Parse(bytes);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? InvitationRecord.Of(
                    [line],
                    bytes,
                    Text(json, "invitee"),
                    Text(json, "invitor"),
                    Text(json, "network_id"),
                    InvitationRecord.ReadEvent(Text(json, "event"), defaultEvent))
                : InvitationRecord.Malformed(line, "not a JSON object");
        }
        catch (JsonException exception)
        {
            return InvitationRecord.Malformed(line, $"not valid JSON at byte {exception.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // A value is not a string, or its text is not valid Unicode.
            return InvitationRecord.Malformed(line, "the values must be strings of valid text");
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
}
