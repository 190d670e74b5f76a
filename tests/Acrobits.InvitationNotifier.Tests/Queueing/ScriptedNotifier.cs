using System.Collections.Concurrent;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>A notifier whose deliveries end as a test says; it keeps what it was given, and when.</summary>
internal sealed class ScriptedNotifier(
    Func<Invitation, CancellationToken, Task<NotificationResult>> deliver, TimeProvider? time = null) : IInvitationNotifier
{
    private readonly ConcurrentQueue<(Invitation Invitation, DateTimeOffset Start)> _deliveries = new();

    public static NotificationResult Delivered { get; } = new() { Outcome = NotificationOutcome.Delivered };

    public static NotificationResult Failed { get; } = new() { Outcome = NotificationOutcome.Unreachable };

    /// <summary>All deliveries that were begun, in order.</summary>
    public IReadOnlyList<(Invitation Invitation, DateTimeOffset Start)> Deliveries => [.. _deliveries];

    /// <summary>The invitees of all deliveries, each of which tests use once.</summary>
    public IEnumerable<string> Invitees => Deliveries.Select(delivery => delivery.Invitation.Invitee);

    /// <summary>Gives each invitation's first delivery the first result and so on, and all further ones the last.</summary>
    public static ScriptedNotifier Answering(TimeProvider? time, params NotificationResult[] results)
    {
        var counts = new ConcurrentDictionary<string, int>();
        return new(
            (invitation, _) => Task.FromResult(
                results[Math.Min(counts.AddOrUpdate(invitation.Invitee, 1, (_, count) => count + 1), results.Length) - 1]),
            time);
    }

    public static ScriptedNotifier Answering(params NotificationResult[] results) => Answering(time: null, results);

    /// <summary>Delivers once the gate is open; deliveries to networks named in a list alone wait for it.</summary>
    public static ScriptedNotifier Waiting(TaskCompletionSource gate, params string[] networks) => new(async (invitation, cancellationToken) =>
    {
        if (networks.Length == 0 || networks.Contains(invitation.NetworkId))
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        return Delivered;
    });

    public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        _deliveries.Enqueue((invitation, (time ?? TimeProvider.System).GetUtcNow()));
        return deliver(invitation, cancellationToken);
    }
}
