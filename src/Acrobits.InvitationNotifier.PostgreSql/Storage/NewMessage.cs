namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>A message to be inserted.</summary>
/// <param name="Recipient">The queue.</param>
/// <param name="Headers">The headers: an object of texts as JSON.</param>
/// <param name="Body">The body.</param>
/// <param name="Invitation">What the columns beside the body show.</param>
internal readonly record struct NewMessage(string Recipient, byte[] Headers, byte[] Body, Invitation Invitation);
