namespace Acrobits.InvitationNotifier.Testing;

/// <summary>Keeps what a fake received, in order, and lets tests wait for it. Thread-safe.</summary>
/// <param name="what">What is recorded, in the plural, for the message of a timeout.</param>
internal sealed class Recorder<T>(string what)
{
    // Long enough for a busy machine. A test that passes never waits so long.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<T> _items = [];
    private TaskCompletionSource _added = NewSignal();

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_lock)
            {
                return [.. _items];
            }
        }
    }

    public void Add(T item)
    {
        TaskCompletionSource added;
        lock (_lock)
        {
            _items.Add(item);
            (added, _added) = (_added, NewSignal());
        }

        added.SetResult();
    }

    public void Clear()
    {
        lock (_lock)
        {
            _items.Clear();
        }
    }

    public async Task<IReadOnlyList<T>> WaitForAsync(int count, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);

        var limit = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero, nameof(timeout));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        either.CancelAfter(limit);
        while (true)
        {
            Task added;
            int recorded;
            lock (_lock)
            {
                if (_items.Count >= count)
                {
                    return [.. _items];
                }

                (added, recorded) = (_added.Task, _items.Count);
            }

            try
            {
                await added.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new TimeoutException($"Expected {count} {what} within {limit:c}, but {recorded} arrived.");
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
