using System.Threading.Channels;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Tells the database what has become of messages. While it waits for one answer, the next settlements gather, and go out
/// together: the busier the process, the fewer commits it takes.
/// </summary>
internal sealed class Settler(MessageStore store, Outage outage, ILogger<IInvitationQueue> logger) : IAsyncDisposable
{
    // ASCII, which every database can store.
    private const string UnstorableReason = "The database refused to store the reason.";

    private readonly Channel<(Settlement Settlement, TaskCompletionSource? Done)> _waiting =
        Channel.CreateUnbounded<(Settlement, TaskCompletionSource?)>(new() { SingleReader = true });

    private readonly Attempts _attempts = new(outage);
    private readonly CancellationTokenSource _abort = new();
    private Task _loop = Task.CompletedTask;

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(RunAsync);
        }
    }

    /// <summary>
    /// Settles a message. The task ends once the database has it, however long the database is down, or once it is left to its
    /// lease, because the database refuses it or the settler was aborted.
    /// </summary>
    public Task SettleAsync(Settlement settlement)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Writer.TryWrite((settlement, done)) ? done.Task : Task.CompletedTask;
    }

    /// <summary>Settles a message for whose end nobody waits.</summary>
    public void Settle(Settlement settlement) => _waiting.Writer.TryWrite((settlement, null));

    /// <summary>
    /// Writes nothing more. Those who wait need not wait any longer, and the messages are delivered again once their leases have
    /// expired.
    /// </summary>
    public void Abort() => _ = _abort.CancelAsync();

    /// <summary>Takes nothing more, and ends when everything is written or the settler is aborted.</summary>
    public async Task StopAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Abort();
        await StopAsync().ConfigureAwait(false);
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        List<Settlement> settlements = [];
        List<TaskCompletionSource> callers = [];
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (_waiting.Reader.TryRead(out var waiting))
            {
                settlements.Add(waiting.Settlement);
                if (waiting.Done is not null)
                {
                    callers.Add(waiting.Done);
                }
            }

            try
            {
                // A database that stands still takes its time to cancel, too.
                await WriteAsync([.. settlements]).WaitAsync(_abort.Token).ConfigureAwait(false);
            }
            catch (Exception) when (_abort.IsCancellationRequested)
            {
                // Aborted. The connection may have failed at the same time.
            }
            catch (Exception exception)
            {
                logger.LoopFailed(exception);
            }

            callers.ForEach(static caller => caller.SetResult());
            settlements.Clear();
            callers.Clear();
        }
    }

    private async Task WriteAsync(IReadOnlyList<Settlement> settlements)
    {
        while (true)
        {
            try
            {
                await store.SettleAsync(settlements, _abort.Token).ConfigureAwait(false);
                _attempts.Succeeded();
                return;
            }
            catch (Exception exception) when (IsRefusal(exception) && !_abort.IsCancellationRequested)
            {
                await WriteApartAsync(settlements, exception).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (!_abort.IsCancellationRequested)
            {
                await _attempts.FailedAsync(exception, _abort.Token).ConfigureAwait(false);
            }
        }
    }

    // One settlement that the database refuses must not hold up the others.
    private async Task WriteApartAsync(IReadOnlyList<Settlement> settlements, Exception refusal)
    {
        if (settlements.Count > 1)
        {
            foreach (var settlement in settlements)
            {
                await WriteAsync([settlement]).ConfigureAwait(false);
            }
        }
        else if (settlements[0] is { Kind: SettlementKind.Dead, Reason: not UnstorableReason } dead)
        {
            await WriteAsync([dead with { Reason = UnstorableReason }]).ConfigureAwait(false);
        }
        else
        {
            _attempts.GiveUp();
            logger.SettlementRefused(settlements[0], DatabaseError.Describe(refusal));
        }
    }

    /// <summary>Whether the database refuses a single settlement, rather than that it refuses or cannot do anything.</summary>
    /// <remarks>
    /// The role's rights, a read-only database and the statement itself concern every settlement. These wait until somebody has
    /// repaired the cause, because all deliveries would be repeated for ever otherwise.
    /// </remarks>
    private static bool IsRefusal(Exception exception) => exception switch
    {
        PostgresException answer => !DatabaseError.IsOutage(answer)
            && answer.SqlState[..2] is not ("08" or "0A" or "25" or "26" or "28" or "2D" or "34" or "3D" or "3F" or "42" or "53" or "55" or "57" or "58" or "F0" or "XX"),

        // Npgsql cannot encode a value, for instance a text that is not valid UTF-16.
        ArgumentException => true,
        _ => false,
    };
}
