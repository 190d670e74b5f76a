using System.Transactions;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The <see cref="TransactionScope"/> that a caller may have opened.</summary>
internal static class AmbientTransaction
{
    /// <summary>
    /// Keeps connections out of it until the result is disposed: Npgsql would make them part of it, and what a call has
    /// reported as done would end with the caller's scope.
    /// </summary>
    public static IDisposable? Suppress() =>
        Transaction.Current is null ? null : new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
}
