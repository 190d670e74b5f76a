using System.Text.Json;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>The headers of a message: an object of strings, as JSON in UTF-8.</summary>
internal sealed class MessageHeaders
{
    private const string Invitations = "acrobits.invitation.";

    private readonly Dictionary<string, string> _values;

    private MessageHeaders(Dictionary<string, string> values) => _values = values;

    public bool AreOfInvitation => _values.GetValueOrDefault(Headers.Type)?.StartsWith(Invitations, StringComparison.Ordinal) == true;

    /// <summary>Where a dead message died.</summary>
    public string? SourceQueue => _values.GetValueOrDefault(Headers.SourceQueue);

    /// <summary>Why it died, in words that tell nothing of users.</summary>
    public string Reason => DeadReason.Of(_values.GetValueOrDefault(Headers.ErrorDetails));

    public static MessageHeaders Parse(byte[] json)
    {
        try
        {
            return new MessageHeaders(JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? []);
        }
        catch (JsonException)
        {
            // Somebody else's message, then.
            return new MessageHeaders([]);
        }
    }

    /// <summary>The headers without what its death and its deferrals have left, so that its schedule begins anew.</summary>
    public MessageHeaders Revived()
    {
        Dictionary<string, string> values = new(_values);
        foreach (var key in (string[])[
            Headers.ErrorDetails, Headers.SourceQueue, Headers.DeferCount, Headers.DeferredUntil, Headers.DeferredRecipient])
        {
            values.Remove(key);
        }

        return new MessageHeaders(values);
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(_values);
}
