namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>How many messages to take, and how.</summary>
/// <param name="InOrder">The maximum number taken in the order in which they are due, regardless of their networks.</param>
/// <param name="InTurn">The maximum number taken in turn, one of each network.</param>
/// <param name="After">The turn begins with the network that follows the one with this key.</param>
/// <param name="Full">Networks from which nothing may be taken in turn.</param>
internal sealed record TakeRequest(int InOrder, int InTurn, string After, string[] Full);
