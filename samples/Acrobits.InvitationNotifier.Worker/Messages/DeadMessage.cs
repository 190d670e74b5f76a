namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>A message of the error queue.</summary>
/// <param name="Id">Its key in the table.</param>
/// <param name="Priority">The other part of its key.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="NetworkId">The network, or <see langword="null"/> where the message is no invitation.</param>
internal sealed record DeadMessage(long Id, int Priority, MessageHeaders Headers, string? NetworkId);
