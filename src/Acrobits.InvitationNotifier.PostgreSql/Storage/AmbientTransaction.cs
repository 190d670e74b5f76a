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
        IsThere() ? new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled) : null;

    private static bool IsThere()
    {
        try
        {
            return Transaction.Current is not null;
        }
        catch (InvalidOperationException)
        {
            // The scope is completed, but not disposed yet.
            return true;
        }
    }
}
