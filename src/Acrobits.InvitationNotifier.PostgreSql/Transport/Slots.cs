using Rebus.Workers.ThreadPoolBased;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Wakes Rebus' worker as soon as one of its slots is free. Rebus itself polls, which limits each slot to as many deliveries a
/// second as there are polls.
/// </summary>
internal sealed class Slots : IBackoffStrategy
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ErrorPause = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private int _freed;

    // Later, because Rebus frees the slot only after it has told the transport.
    public void Free() => ThreadPool.UnsafeQueueUserWorkItem(static slots => slots.Pulse(), this, preferLocal: false);

    public void Wait(CancellationToken token)
    {
        lock (_gate)
        {
            if (_freed > 0 || Monitor.Wait(_gate, LongestWait))
            {
                _freed--;
            }
        }
    }

    public Task WaitAsync(CancellationToken token) => Task.Delay(LongestWait, token);

    // The transport itself waits for a message.
    public void WaitNoMessage(CancellationToken token) => token.WaitHandle.WaitOne(LongestWait);

    public Task WaitNoMessageAsync(CancellationToken token) => Task.Delay(LongestWait, token);

    public void WaitError(CancellationToken token) => token.WaitHandle.WaitOne(ErrorPause);

    public Task WaitErrorAsync(CancellationToken token) => Task.Delay(ErrorPause, token);

    public void Reset()
    {
        // Nothing is counted.
    }

    private void Pulse()
    {
        lock (_gate)
        {
            _freed++;
            Monitor.Pulse(_gate);
        }
    }
}
