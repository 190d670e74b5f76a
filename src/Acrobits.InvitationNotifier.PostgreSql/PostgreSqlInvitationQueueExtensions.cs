using Acrobits.InvitationNotifier.PostgreSql;
using Npgsql;

namespace Acrobits.InvitationNotifier;

/// <summary>Extension methods of the queue in PostgreSQL.</summary>
public static class PostgreSqlInvitationQueueExtensions
{
    /// <summary>
    /// Adds an invitation to the queue as part of a transaction of the caller: it is committed or rolled back together with the
    /// caller's own rows.
    /// </summary>
    /// <remarks>
    /// The transaction must belong to the database of the queue. The commit decides whether the invitation survives a crash of
    /// the database: with <c>synchronous_commit = off</c> it may not. Workers find the invitation within 250 ms after the commit.
    /// </remarks>
    /// <param name="queue">The queue that <c>AddPostgreSqlInvitationQueue</c> has registered.</param>
    /// <param name="invitation">The invitation.</param>
    /// <param name="transaction">The transaction. The caller commits it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the invitation is part of the transaction.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="queue"/> is not a queue in PostgreSQL, the transaction belongs to another database, a part of the
    /// invitation is too long (1,024 characters for the network id, 65,536 for a user), or the network id has the character U+0000.
    /// </exception>
    /// <exception cref="InvalidOperationException">The transaction has ended, or the queue is shutting down or has shut down.</exception>
    /// <exception cref="NpgsqlException">
    /// The database cannot be reached, or refuses the invitation. The transaction is aborted: roll it back.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="TimeoutException">The queue has not started in time.</exception>
    public static ValueTask EnqueueAsync(
        this IInvitationQueue queue, Invitation invitation, NpgsqlTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(invitation);
        ArgumentNullException.ThrowIfNull(transaction);
        if (queue is not PostgreSqlInvitationQueue postgres)
        {
            throw new ArgumentException(
                $"{queue.GetType().Name} is not a queue in PostgreSQL. Register one with AddPostgreSqlInvitationQueue.", nameof(queue));
        }

        // Throws if the transaction has ended. Npgsql would run the statement in a transaction of its own.
        _ = transaction.IsolationLevel;
        return postgres.EnqueueAsync(invitation, transaction, cancellationToken);
    }
}
