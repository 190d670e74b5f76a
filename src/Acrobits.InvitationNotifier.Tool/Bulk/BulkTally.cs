namespace Acrobits.InvitationNotifier.Tool.Bulk;

/// <summary>Counts the results of a run. Thread-safe.</summary>
internal sealed class BulkTally
{
    // A reason can name a host. The counts must fit on a screen, however many hosts the file leads to.
    private const int MaxRows = 40;
    private const string OtherReasons = "(other reasons)";

    private readonly Lock _counting = new();
    private readonly Dictionary<ResultKind, long> _results = [];
    private long _delivered;
    private long _notDelivered;
    private long _malformed;
    private long _cancelled;

    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>The invitations that were tried and not delivered, cancelled ones included.</summary>
    public long NotDelivered => Cancelled + Interlocked.Read(ref _notDelivered);

    public long Malformed => Interlocked.Read(ref _malformed);

    public long Cancelled => Interlocked.Read(ref _cancelled);

    /// <summary>The number of results of each kind, sorted by outcome. The most frequent come first within an outcome.</summary>
    public IReadOnlyList<KeyValuePair<ResultKind, long>> Counts
    {
        get
        {
            lock (_counting)
            {
                return [.. _results.OrderBy(pair => pair.Key.Outcome).ThenByDescending(pair => pair.Value)];
            }
        }
    }

    public void AddMalformed() => Interlocked.Increment(ref _malformed);

    public void AddCancelled() => Interlocked.Increment(ref _cancelled);

    public void Add(NotificationResult result)
    {
        Interlocked.Increment(ref result.IsSuccess ? ref _delivered : ref _notDelivered);
        ResultKind key = new(result.Outcome, result.StatusCode, ReasonOf(result));
        lock (_counting)
        {
            if (_results.Count >= MaxRows && !_results.ContainsKey(key))
            {
                key = key with { Reason = OtherReasons };
            }

            _results[key] = _results.GetValueOrDefault(key) + 1;
        }
    }

    private static string? ReasonOf(NotificationResult result) => result.Outcome switch
    {
        NotificationOutcome.Delivered => null,

        // The rest of the sentence is the time left, which differs each time.
        NotificationOutcome.Suspended => result.Reason?.Split(';')[0].TrimEnd('.') + ".",
        _ => result.Reason,
    };
}
