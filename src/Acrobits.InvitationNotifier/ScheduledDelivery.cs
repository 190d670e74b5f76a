namespace Acrobits.InvitationNotifier;

/// <summary>
/// A delivery whose scheduler reports to the observers. <see cref="IInvitationNotifier.NotifyAsync"/> makes no report within
/// it, even if a notifier of the application stands between the scheduler and the call.
/// </summary>
internal static class ScheduledDelivery
{
    private static readonly AsyncLocal<Scope?> Current = new();

    /// <summary>Whether the calling code is part of a scheduled delivery.</summary>
    public static bool IsCurrent => Current.Value is { IsOver: false };

    public static async Task<NotificationResult> NotifyAsync(
        IInvitationNotifier notifier, Invitation invitation, CancellationToken cancellationToken)
    {
        var scope = new Scope();
        Current.Value = scope;
        try
        {
            return await notifier.NotifyAsync(invitation, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            scope.IsOver = true;
        }
    }

    // An object rather than a flag: background work of the application that starts in a delivery keeps the context of it.
    private sealed class Scope
    {
        private volatile bool _isOver;

        public bool IsOver { get => _isOver; set => _isOver = value; }
    }
}
