using System.Text.Json;

namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>The body of a message of the type <c>acrobits.invitation.v1</c>: JSON.</summary>
internal static class MessageBody
{
    /// <summary>The network; nothing else is looked at.</summary>
    public static string? NetworkOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("networkId", out var network)
                    ? network.GetString()
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
