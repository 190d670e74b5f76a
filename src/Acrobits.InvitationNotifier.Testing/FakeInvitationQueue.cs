namespace Acrobits.InvitationNotifier.Testing;

/// <summary>
/// An <see cref="IInvitationQueue"/> that delivers nothing: it records invitations, and can be full or fail. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var queue = new FakeInvitationQueue();
/// services.AddSingleton&lt;IInvitationQueue&gt;(queue);
/// </code>
/// </example>
public sealed class FakeInvitationQueue : IInvitationQueue
{
    private readonly Recorder<Invitation> _invitations = new("invitations");
    private volatile bool _isFull;
    private volatile Exception? _failure;

    /// <summary>The invitations that the queue accepted, in order, as the caller gave them. A snapshot.</summary>
    public IReadOnlyList<Invitation> Invitations => _invitations.Items;

    /// <summary>
    /// Whether the queue is full. <see cref="EnqueueAsync"/> then throws a <see cref="TimeoutException"/> as the queue in memory
    /// does, without the wait. Default: <see langword="false"/>.
    /// </summary>
    public bool IsFull
    {
        get => _isFull;
        set => _isFull = value;
    }

    /// <summary>
    /// Throws an exception from each call from now on and accepts nothing, as a durable queue whose database is down.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <returns>This queue.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exception"/> is <see langword="null"/>.</exception>
    public FakeInvitationQueue FailWith(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);

        _failure = exception;
        return this;
    }

    /// <summary>Forgets all invitations and accepts new ones again.</summary>
    public void Reset()
    {
        (_isFull, _failure) = (false, null);
        _invitations.Clear();
    }

    /// <summary>Waits until the queue has accepted as many invitations.</summary>
    /// <param name="count">The number of invitations since the start or the last <see cref="Reset"/>.</param>
    /// <param name="timeout">How long to wait, in real time. Default: 30 s.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>All invitations so far, at least <paramref name="count"/>.</returns>
    /// <exception cref="TimeoutException">There were fewer invitations within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="timeout"/> is negative.</exception>
    public Task<IReadOnlyList<Invitation>> WaitForAsync(
        int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _invitations.WaitForAsync(count, timeout, cancellationToken);

    /// <summary>Records the invitation, unless the queue is full or fails.</summary>
    /// <inheritdoc/>
    public ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if ((_failure ?? (_isFull ? new TimeoutException("The queue is full. The invitation was not accepted.") : null)) is { } failure)
        {
            return ValueTask.FromException(failure);
        }

        _invitations.Add(invitation);
        return ValueTask.CompletedTask;
    }
}
