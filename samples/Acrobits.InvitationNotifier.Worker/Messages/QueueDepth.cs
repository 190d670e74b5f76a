namespace Acrobits.InvitationNotifier.Worker.Messages;

/// <summary>How many messages of one network wait, and for what.</summary>
internal sealed class QueueDepth
{
    private readonly Dictionary<string, int> _reasons = [];

    public int Ready { get; private set; }

    public int Deferred { get; private set; }

    public DateTimeOffset? NextDue { get; private set; }

    public int Dead { get; private set; }

    /// <summary>Why they are dead, the most frequent reason first.</summary>
    public IEnumerable<KeyValuePair<string, int>> Reasons =>
        _reasons.OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal);

    public void Add(StoredMessage message)
    {
        switch (message.State)
        {
            case MessageState.Ready:
                Ready++;
                break;
            case MessageState.Deferred:
                Deferred++;
                NextDue = NextDue is { } due && due <= message.Due ? due : message.Due;
                break;
            default:
                Dead++;
                var reason = message.Headers?.Reason ?? "unknown";
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
                break;
        }
    }
}
