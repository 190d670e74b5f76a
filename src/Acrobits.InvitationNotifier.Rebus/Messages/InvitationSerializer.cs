using System.Text.Json;
using Acrobits.InvitationNotifier.Text;
using Rebus.Exceptions;
using Rebus.Messages;
using Rebus.Serialization;

namespace Acrobits.InvitationNotifier.Rebus.Messages;

/// <summary>
/// Serializes invitations as JSON under a stable, versioned type name. Other messages go to the application's serializer.
/// </summary>
/// <remarks>
/// Each event has a type name of its own, so that a process which does not know an event refuses its messages instead of
/// sending them as another event.
/// </remarks>
internal sealed class InvitationSerializer(ISerializer others) : ISerializer
{
    /// <summary>The values of the header <c>rbs2-msg-type</c>.</summary>
    public const string Created = Family + "v1", Accepted = Family + "accepted.v1";

    private const string Family = "acrobits.invitation.";
    private const string ContentType = "application/json;charset=utf-8";

    public Task<TransportMessage> Serialize(Message message)
    {
        if (message.Body is not Invitation invitation)
        {
            return others.Serialize(message);
        }

        var headers = new Dictionary<string, string>(message.Headers)
        {
            [Headers.Type] = invitation.Event == InvitationEvent.Accepted ? Accepted : Created,
            [Headers.ContentType] = ContentType,
        };
        var content = new InvitationContent(invitation.Id, invitation.Invitee, invitation.Invitor, invitation.NetworkId);
        var body = JsonSerializer.SerializeToUtf8Bytes(content, InvitationJson.Default.InvitationContent);
        return Task.FromResult(new TransportMessage(headers, body));
    }

    public Task<Message> Deserialize(TransportMessage transportMessage)
    {
        var type = transportMessage.Headers.GetValueOrDefault(Headers.Type);
        if (type is null || !type.StartsWith(Family, StringComparison.Ordinal))
        {
            return others.Deserialize(transportMessage);
        }

        InvitationEvent invitationEvent = type switch
        {
            Created => InvitationEvent.Created,
            Accepted => InvitationEvent.Accepted,
            _ => throw new FailFastException(
                $"The message is of the type {new LogSafeText(type)}; this version of the package only reads {Created} and {Accepted}. Update the package."),
        };
        return Task.FromResult(new Message(
            new Dictionary<string, string>(transportMessage.Headers), Read(transportMessage.Body, type) with { Event = invitationEvent }));
    }

    // Fails fast, because a retry cannot help. Messages of parser exceptions can quote the body, so only the type is reported.
    private static Invitation Read(byte[] body, string type)
    {
        try
        {
            var content = JsonSerializer.Deserialize(body, InvitationJson.Default.InvitationContent) ?? throw new JsonException();
            return new Invitation(content.Invitee!, content.Invitor!, content.NetworkId!) { Id = content.Id };
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new FailFastException($"The body is not an invitation as {type} defines it: {exception.GetType().Name}.");
        }
    }
}
