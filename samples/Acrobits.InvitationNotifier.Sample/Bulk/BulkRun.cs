using System.Collections.Concurrent;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>
/// Sends the invitations of a file. Whatever happens, each line up to <see cref="LastLine"/> has then been delivered,
/// written to the failed file, or reported; none beyond it has been touched.
/// </summary>
internal sealed class BulkRun(
    IInvitationNotifier notifier,
    IRecordReader reader,
    FailedFile failed,
    int concurrency,
    Action<string> report,
    CancellationToken stop,
    CancellationToken abort)
{
    private readonly ConcurrentQueue<long> _lost = [];
    private volatile Exception? _failure;

    public BulkTally Tally { get; } = new();

    /// <summary>The last line that was taken from the file.</summary>
    public long LastLine { get; private set; }

    /// <summary>How many bytes of the file that is.</summary>
    public long Position { get; private set; }

    /// <summary>Whether the file was read to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What ended the run before its time, if anything did.</summary>
    public Exception? Failure => _failure;

    /// <summary>Lines that were not delivered and could not be written to the failed file either.</summary>
    public IReadOnlyList<long> Lost => [.. _lost.Order()];

    /// <exception cref="Cli.CommandException">The file is not of its format.</exception>
    public async Task RunAsync(long skip)
    {
        // The loop gets no token: it ends because its source does, so that nothing is taken from the file and then
        // dropped.
        await Parallel.ForEachAsync(
            TakeUntilStoppedAsync(skip),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (record, _) => await SendAsync(record));
    }

    private async IAsyncEnumerable<BulkRecord> TakeUntilStoppedAsync(long skip)
    {
        await using var records = reader.ReadAsync(skip, stop).GetAsyncEnumerator(CancellationToken.None);
        while (await MoveNextAsync(records))
        {
            LastLine = records.Current.LastLine;
            Position = records.Current.End;
            yield return records.Current;
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<BulkRecord> records)
    {
        try
        {
            if (stop.IsCancellationRequested || _failure is not null)
            {
                return false;
            }

            IsComplete = !await records.MoveNextAsync();
            return !IsComplete;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (IOException exception)
        {
            // What is under way is still seen to its end, and the user told where that is.
            Break(exception);
            return false;
        }
    }

    private async Task SendAsync(BulkRecord record)
    {
        if (record.Invitation is not { } invitation)
        {
            Tally.AddMalformed();
            report($"line {record.Line}: {record.Problem}");
            return;
        }

        try
        {
            var result = await notifier.NotifyAsync(invitation, abort);
            Tally.Add(result);
            if (!result.IsSuccess)
            {
                Keep(record);
            }
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            Tally.AddCancelled();
            Keep(record);
        }
#pragma warning disable CA1031 // Whatever it is: the invitation is kept, and the run ends with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Tally.AddCancelled();
            Keep(record);
            Break(exception);
        }
    }

    private void Keep(BulkRecord record)
    {
        try
        {
            failed.Add(record, reader.Header);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // With no place to put them, no more should fail.
            _lost.Enqueue(record.Line);
            Break(exception);
        }
    }

    // The source sees it and gives nothing more.
    private void Break(Exception exception) => Interlocked.CompareExchange(ref _failure, exception, null);
}
