using System.Diagnostics;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>A message that this process has leased.</summary>
/// <param name="id">The id of its row.</param>
/// <param name="headers">The headers: an object of texts as JSON.</param>
/// <param name="body">The body.</param>
/// <param name="redeliveries">How many redeliveries its schedule has used.</param>
/// <param name="deliveries">How many deliveries of it have ended.</param>
/// <param name="networkId">The network of the invitation; null if it is not known.</param>
/// <param name="asked">The timestamp from before the lease began.</param>
internal sealed class QueueMessage(long id, byte[] headers, byte[] body, int redeliveries, int deliveries, string? networkId, long asked)
{
    public long Id => id;

    public byte[] Headers => headers;

    public byte[] Body => body;

    public int Redeliveries => redeliveries;

    public int Deliveries => deliveries;

    public string? NetworkId => networkId;

    /// <summary>The time since the database was asked for it.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(asked);

    /// <summary>What becomes of it once it is handled.</summary>
    public Settlement Settlement { get; private set; } = new(id, SettlementKind.Completed);

    public void Defer(TimeSpan delay, int count) =>
        Settlement = new Settlement(id, SettlementKind.Deferred, delay > TimeSpan.Zero ? delay : TimeSpan.Zero, count, deliveries + 1);

    public void Bury(string reason) => Settlement = new Settlement(id, SettlementKind.Dead, Reason: reason);

    public void Release() => Settlement = new Settlement(id, SettlementKind.Released);
}
