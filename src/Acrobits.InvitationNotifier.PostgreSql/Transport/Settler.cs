using System.Threading.Channels;
using Acrobits.InvitationNotifier.PostgreSql.Storage;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Tells the database what has become of messages. While it waits for one answer, the next settlements gather, and go out
/// together: the busier the process, the fewer commits it takes.
/// </summary>
internal sealed class Settler(MessageStore store, Outage outage) : IAsyncDisposable
{
    private readonly Channel<(Settlement Settlement, TaskCompletionSource? Done)> _waiting =
        Channel.CreateUnbounded<(Settlement, TaskCompletionSource?)>(new() { SingleReader = true });

    private readonly CancellationTokenSource _abort = new();
    private Task _loop = Task.CompletedTask;

    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(RunAsync);
        }
    }

    /// <summary>Settles a message. The task ends once the database has it, however long the database is down.</summary>
    public Task SettleAsync(Settlement settlement)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Writer.TryWrite((settlement, done)) ? done.Task : Task.CompletedTask;
    }

    /// <summary>Settles a message for whose end nobody waits.</summary>
    public void Settle(Settlement settlement) => _waiting.Writer.TryWrite((settlement, null));

    /// <summary>Takes nothing more, and writes what it has until the token is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        var registration = cancellationToken.UnsafeRegister(_ => _abort.Cancel(), null);
        await using (registration.ConfigureAwait(false))
        {
            await _loop.ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
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
                await WriteAsync(settlements).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The process ends. What was not written is delivered again once its lease has expired.
            }

            callers.ForEach(static caller => caller.SetResult());
            settlements.Clear();
            callers.Clear();
        }
    }

    private async Task WriteAsync(List<Settlement> settlements)
    {
        while (true)
        {
            try
            {
                await store.SettleAsync(settlements, _abort.Token).ConfigureAwait(false);
                outage.Over();
                return;
            }
            catch (Exception exception) when (!_abort.IsCancellationRequested)
            {
                await outage.FailedAsync(exception, _abort.Token).ConfigureAwait(false);
            }
        }
    }
}
