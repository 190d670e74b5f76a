namespace Acrobits.InvitationNotifier.Testing;

/// <summary>
/// An <see cref="IInvitationNotifier"/> that sends nothing: it records invitations and returns what the test says, by default
/// <see cref="NotificationOutcome.Delivered"/>. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// services.AddSingleton&lt;IInvitationNotifier&gt;(new FakeInvitationNotifier().AnswerWith(NotificationResults.Unreachable()));
/// </code>
/// </example>
public sealed class FakeInvitationNotifier : IInvitationNotifier
{
    private readonly Recorder<Invitation> _invitations = new("notifications");
    private volatile Func<Invitation, CancellationToken, Task<NotificationResult>> _answer = Delivered;

    /// <summary>
    /// The invitations of all calls so far, in the order of the calls, with an entry for each call. A snapshot.
    /// </summary>
    public IReadOnlyList<Invitation> Invitations => _invitations.Items;

    /// <summary>Returns the next result from each call from now on, and the last one from all further calls.</summary>
    /// <param name="results">The results. <see cref="NotificationResults"/> creates realistic ones.</param>
    /// <returns>This notifier.</returns>
    /// <exception cref="ArgumentException">There is no result, or one is <see langword="null"/>.</exception>
    public FakeInvitationNotifier AnswerWith(params NotificationResult[] results)
    {
        _answer = Answers.InTurn<Invitation, NotificationResult>(results, nameof(results));
        return this;
    }

    /// <summary>Returns from each call from now on what a function says. Its exceptions are passed on to the caller.</summary>
    /// <param name="answer">The function of the invitation.</param>
    /// <returns>This notifier.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="answer"/> is <see langword="null"/>.</exception>
    public FakeInvitationNotifier AnswerWith(Func<Invitation, NotificationResult> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);

        return AnswerWith((invitation, _) => Task.FromResult(answer(invitation)));
    }

    /// <summary>
    /// Returns from each call from now on what an asynchronous function says, for instance after a signal of the test. Its
    /// exceptions are passed on to the caller.
    /// </summary>
    /// <param name="answer">The function of the invitation and the caller's cancellation token.</param>
    /// <inheritdoc cref="AnswerWith(Func{Invitation, NotificationResult})"/>
    public FakeInvitationNotifier AnswerWith(Func<Invitation, CancellationToken, Task<NotificationResult>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);

        _answer = answer;
        return this;
    }

    /// <summary>Throws an exception from each call from now on, after its invitation is recorded.</summary>
    /// <remarks>
    /// The real notifier never throws because of a provider. It throws <see cref="OperationCanceledException"/>, an
    /// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>, and the exceptions of the application's own
    /// endpoint provider and message handlers.
    /// </remarks>
    /// <param name="exception">The exception.</param>
    /// <returns>This notifier.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exception"/> is <see langword="null"/>.</exception>
    public FakeInvitationNotifier FailWith(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);

        return AnswerWith((_, _) => Task.FromException<NotificationResult>(exception));
    }

    /// <summary>Forgets all invitations and returns <see cref="NotificationOutcome.Delivered"/> again.</summary>
    public void Reset()
    {
        _answer = Delivered;
        _invitations.Clear();
    }

    /// <summary>Waits until there were as many calls.</summary>
    /// <param name="count">The number of calls since the start or the last <see cref="Reset"/>.</param>
    /// <param name="timeout">How long to wait, in real time. Default: 30 s.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>All invitations so far, at least <paramref name="count"/>.</returns>
    /// <exception cref="TimeoutException">There were fewer calls within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="timeout"/> is negative.</exception>
    public Task<IReadOnlyList<Invitation>> WaitForAsync(
        int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _invitations.WaitForAsync(count, timeout, cancellationToken);

    /// <summary>Records the invitation and returns what the test says.</summary>
    /// <inheritdoc/>
    public async Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        cancellationToken.ThrowIfCancellationRequested();

        _invitations.Add(invitation);
        return await _answer(invitation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does the same as <see cref="NotifyAsync"/>.</summary>
    /// <inheritdoc/>
    public Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        NotifyAsync(invitation, cancellationToken);

    private static Task<NotificationResult> Delivered(Invitation invitation, CancellationToken cancellationToken) =>
        Task.FromResult(NotificationResults.Delivered());
}
