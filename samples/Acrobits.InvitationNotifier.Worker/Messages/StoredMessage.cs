namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>A message of the table, without what it says of users.</summary>
/// <param name="State">What it waits for.</param>
/// <param name="Due">When it is due.</param>
/// <param name="Headers">The headers of a dead one.</param>
/// <param name="NetworkId">The network, or <see langword="null"/> where the message is no invitation.</param>
internal sealed record StoredMessage(MessageState State, DateTimeOffset Due, MessageHeaders? Headers, string? NetworkId);
