using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.Tool.Records;

namespace Acrobits.InvitationNotifier.Tool.Bulk;

/// <summary>
/// Sends the invitations of a file. However a run ends, each line up to <see cref="LastLine"/> was delivered, written to the
/// failed file, or reported. No later line was sent.
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

    /// <summary>The last line that was read from the file. 0 if there was none.</summary>
    public long LastLine { get; private set; }

    /// <summary>The position in the file after this line, in bytes.</summary>
    public long Position { get; private set; }

    /// <summary>Whether the file was read to its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The error that ended the run early, if one did.</summary>
    public Exception? Failure => _failure;

    /// <summary>Lines that were not delivered and could not be written to the failed file either.</summary>
    public IReadOnlyList<long> Lost => [.. _lost.Order()];

    /// <exception cref="Cli.CommandException">The file does not have the expected format.</exception>
    public async Task RunAsync(long skip)
    {
        // Without a token: a cancelled loop could drop a record that it has taken from the file.
        await Parallel.ForEachAsync(
            TakeUntilStoppedAsync(skip),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (record, _) => await SendAsync(record));
    }

    private async IAsyncEnumerable<InvitationRecord> TakeUntilStoppedAsync(long skip)
    {
        await using var records = reader.ReadAsync(skip, stop).GetAsyncEnumerator(CancellationToken.None);
        while (await MoveNextAsync(records))
        {
            LastLine = records.Current.LastLine;
            Position = records.Current.End;
            yield return records.Current;
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<InvitationRecord> records)
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
            // What is under way still ends normally, and the summary says where to continue.
            Break(exception);
            return false;
        }
    }

    private async Task SendAsync(InvitationRecord record)
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
#pragma warning disable CA1031 // Every exception ends the run and keeps the invitation.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Tally.AddCancelled();
            Keep(record);
            Break(exception);
        }
    }

    private void Keep(InvitationRecord record)
    {
        try
        {
            failed.Add(record, reader.Header);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without the file, further failures would be lost as well.
            _lost.Enqueue(record.Line);
            Break(exception);
        }
    }

    // The source of the loop looks at it and ends.
    private void Break(Exception exception) => Interlocked.CompareExchange(ref _failure, exception, null);
}
