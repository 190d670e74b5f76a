using Acrobits.InvitationNotifier.Tool.Records;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>
/// Puts the invitations of a file into the queue, many in one transaction: up to <see cref="LastLine"/> each of them is
/// there, and beyond it none.
/// </summary>
internal sealed class Enqueuing(IInvitationQueue queue, int batchSize, Action<string> report)
{
    private readonly List<InvitationRecord> _batch = [];

    public long Accepted { get; private set; }

    public long Malformed { get; private set; }

    /// <summary>The last line that is done with.</summary>
    public long LastLine { get; private set; }

    /// <summary>The lines of a transaction whose end was not heard of; they may be in the queue or not.</summary>
    public (long First, long Last)? Doubtful { get; private set; }

    /// <param name="records">The file.</param>
    /// <param name="stop">Looked at between transactions, so that each of them has a known end.</param>
    /// <param name="abort">Ends the wait for a transaction.</param>
    /// <returns>Whether that was all of the file.</returns>
    public async Task<bool> RunAsync(IAsyncEnumerable<InvitationRecord> records, CancellationToken stop, CancellationToken abort)
    {
        await foreach (var record in records)
        {
            if (_batch.Count == batchSize)
            {
                await CommitAsync(abort);
                if (stop.IsCancellationRequested)
                {
                    return false;
                }
            }

            _batch.Add(record);
        }

        await CommitAsync(abort);
        return true;
    }

    private async Task CommitAsync(CancellationToken abort)
    {
        if (_batch is [])
        {
            return;
        }

        using (RebusTransactionScope scope = new())
        {
            foreach (var record in _batch)
            {
                if (record.Invitation is { } invitation)
                {
                    await queue.EnqueueAsync(invitation, abort);
                }
            }

            Doubtful = (_batch[0].Line, _batch[^1].LastLine);
            await scope.CompleteAsync().WaitAsync(abort);
            Doubtful = null;
        }

        foreach (var record in _batch.Where(record => record.Invitation is null))
        {
            Malformed++;
            report($"line {record.Line}: {record.Problem}");
        }

        Accepted += _batch.Count(record => record.Invitation is not null);
        LastLine = _batch[^1].LastLine;
        _batch.Clear();
    }
}
