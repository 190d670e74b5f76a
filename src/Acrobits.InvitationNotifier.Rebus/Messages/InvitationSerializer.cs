using System.Text.Json;
using Acrobits.InvitationNotifier.Text;
using Rebus.Exceptions;
using Rebus.Messages;
using Rebus.Serialization;

namespace Acrobits.InvitationNotifier.Rebus.Messages;

/// <summary>
/// Writes and reads invitations as the contract says, whatever the application's serializer does with its own messages: a
/// type name that no move of a class changes, a version in it, and JSON.
/// </summary>
internal sealed class InvitationSerializer(ISerializer others) : ISerializer
{
    /// <summary>The message type, as it stands in the header <c>rbs2-msg-type</c>.</summary>
    public const string TypeName = Family + "v1";

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
            [Headers.Type] = TypeName,
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

        return type == TypeName
            ? Task.FromResult(new Message(new Dictionary<string, string>(transportMessage.Headers), Read(transportMessage.Body)))
            : throw new FailFastException($"The message is of the type {new Printable(type)}; this version of the package reads {TypeName}.");
    }

    // A message that cannot be read stays so, hence no other try. What the parsers complain about can hold a part of it.
    private static Invitation Read(byte[] body)
    {
        try
        {
            var content = JsonSerializer.Deserialize(body, InvitationJson.Default.InvitationContent) ?? throw new JsonException();
            return new Invitation(content.Invitee!, content.Invitor!, content.NetworkId!) { Id = content.Id };
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new FailFastException($"The body is not an invitation as {TypeName} defines it: {exception.GetType().Name}.");
        }
    }
}
