namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>What becomes of a message that was leased.</summary>
/// <param name="Id">The id of its row.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Delay">When it is deferred: for how long.</param>
/// <param name="Redeliveries">When it is deferred: how many redeliveries its schedule has used.</param>
/// <param name="Deliveries">When it is deferred: how many deliveries have ended.</param>
/// <param name="Reason">When it is dead: why.</param>
internal readonly record struct Settlement(
    long Id, SettlementKind Kind, TimeSpan Delay = default, int Redeliveries = 0, int Deliveries = 0, string Reason = "");
