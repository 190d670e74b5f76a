namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Specifies what becomes of a message that was leased.</summary>
internal enum SettlementKind
{
    /// <summary>It is deleted.</summary>
    Completed,

    /// <summary>It is delivered again after a delay.</summary>
    Deferred,

    /// <summary>It waits for an operator.</summary>
    Dead,

    /// <summary>It goes back as it was, and some process takes it at once.</summary>
    Released,
}
