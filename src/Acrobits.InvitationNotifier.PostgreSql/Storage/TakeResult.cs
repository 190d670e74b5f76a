namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The messages that were taken.</summary>
/// <param name="Messages">All of them.</param>
/// <param name="InOrder">How many were taken in the order in which they were due.</param>
/// <param name="LastKey">The key of the network where the turn ended; null if it has come to the end of the networks, or if nothing was taken in turn.</param>
internal sealed record TakeResult(List<QueueMessage> Messages, int InOrder, string? LastKey)
{
    public int InTurn => Messages.Count - InOrder;
}
