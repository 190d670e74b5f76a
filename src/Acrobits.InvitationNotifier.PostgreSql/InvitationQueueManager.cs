using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Storage;

namespace Acrobits.InvitationNotifier.PostgreSql;

/// <summary>Administers the queue in PostgreSQL. It needs no host that runs.</summary>
internal sealed class InvitationQueueManager(QueueParts parts) : IInvitationQueueManager
{
    private static readonly DeadInvitationFilter All = new();

    public async Task<IReadOnlyList<InvitationQueueStatus>> GetStatusAsync(string? networkId = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await parts.DeadLetters.CountAsync(networkId, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (DatabaseError.IsMissingTable(exception))
        {
            throw NoTable(exception);
        }
    }

    public async IAsyncEnumerable<DeadInvitation> GetDeadAsync(
        DeadInvitationFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var dead = parts.DeadLetters.ReadAsync(filter ?? All, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = dead.ConfigureAwait(false);
        while (await MoveNextAsync(dead).ConfigureAwait(false))
        {
            yield return dead.Current;
        }
    }

    public Task<long> RequeueAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ChangeAsync(parts.DeadLetters.RequeueAsync(filter, cancellationToken));
    }

    public Task<long> DiscardAsync(DeadInvitationFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ChangeAsync(parts.DeadLetters.DiscardAsync(filter, cancellationToken));
    }

    private async Task<bool> MoveNextAsync(IAsyncEnumerator<DeadInvitation> dead)
    {
        try
        {
            return await dead.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (DatabaseError.IsMissingTable(exception))
        {
            throw NoTable(exception);
        }
    }

    private async Task<long> ChangeAsync(Task<long> change)
    {
        try
        {
            return await change.ConfigureAwait(false);
        }
        catch (Exception exception) when (DatabaseError.IsMissingTable(exception))
        {
            throw NoTable(exception);
        }
    }

    private InvalidOperationException NoTable(Exception exception) => new(
        $"The table {parts.Table} of the invitation queue does not exist yet, or was not upgraded. A process creates it when it starts.",
        exception);
}
