namespace Acrobits.InvitationNotifier.Rebus.Tests.Support;

/// <summary>A notifier that remembers what it was given, and ends each delivery as a test says.</summary>
internal sealed class FakeNotifier(Func<Invitation, CancellationToken, Task<NotificationResult>> deliver) : IInvitationNotifier
{
    private readonly List<Invitation> _invitations = [];

    /// <summary>Gives each delivery the next result, and all further ones the last.</summary>
    public FakeNotifier(params NotificationResult[] results)
        : this(InTurn(results))
    {
    }

    public FakeNotifier(NotificationOutcome outcome)
        : this(new NotificationResult { Outcome = outcome })
    {
    }

    /// <summary>What was to be delivered, an entry for each delivery.</summary>
    public IReadOnlyList<Invitation> Invitations
    {
        get
        {
            lock (_invitations)
            {
                return [.. _invitations];
            }
        }
    }

    // With its own retries a delivery would hold its message for too long.
    public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Durable delivery makes single attempts.");

    public Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        lock (_invitations)
        {
            _invitations.Add(invitation);
        }

        return deliver(invitation, cancellationToken);
    }

    public Task UntilCalledAsync(int times) =>
        Eventually.BecomesAsync(() => Invitations.Count >= times, $"{times} deliveries");

    private static Func<Invitation, CancellationToken, Task<NotificationResult>> InTurn(NotificationResult[] results)
    {
        var calls = 0;
        return (_, _) => Task.FromResult(results[Math.Min(Interlocked.Increment(ref calls), results.Length) - 1]);
    }
}
