using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Storage;

namespace Acrobits.InvitationNotifier.PostgreSql;

/// <summary>Administers the queue in PostgreSQL. It needs no host that runs.</summary>
internal sealed class InvitationQueueManager(QueueParts parts) : IInvitationQueueManager
{
    private static readonly DeadInvitationFilter All = new();

    public async Task<IReadOnlyList<InvitationQueueStatus>> GetStatusAsync(string? networkId = null, CancellationToken cancellationToken = default) =>
        await CallAsync(dead => dead.CountAsync(networkId, cancellationToken)).ConfigureAwait(false);

    public Task<InvitationQueueStatus> GetTotalAsync(CancellationToken cancellationToken = default) =>
        CallAsync(dead => dead.CountTotalAsync(cancellationToken));

    public async IAsyncEnumerable<DeadInvitation> GetDeadAsync(
        DeadInvitationFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // In pages: what the caller does with each invitation keeps neither a connection nor a snapshot of the table.
        var until = await CallAsync(dead => dead.NowAsync(cancellationToken)).ConfigureAwait(false);
        DeadLetter previous = default;
        while (await CallAsync(dead => dead.ReadAsync(filter ?? All, until, previous, cancellationToken)).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var letter in page)
            {
                yield return letter.Invitation;
            }

            previous = page[^1];
        }
    }

    public Task<long> RequeueAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return CallAsync(dead => dead.RequeueAsync(filter, cancellationToken));
    }

    public Task<long> DiscardAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return CallAsync(dead => dead.DiscardAsync(filter, cancellationToken));
    }

    private async Task<T> CallAsync<T>(Func<DeadLetterStore, Task<T>> call)
    {
        using var outside = AmbientTransaction.Suppress();
        try
        {
            return await call(parts.DeadLetters).ConfigureAwait(false);
        }
        catch (Exception exception) when (DatabaseError.IsMissingTable(exception))
        {
            throw new InvalidOperationException(
                $"The table {parts.Table} of the invitation queue does not exist yet, or was not upgraded. A process creates it when it starts.",
                exception);
        }
        catch (Exception exception) when (DatabaseError.IsReadOnly(exception))
        {
            QueueDatabase.Reconnect(parts.Database.Source);
            throw;
        }
    }
}
