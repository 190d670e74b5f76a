using System.Net;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>How many of what, so far. Safe to share between threads.</summary>
internal sealed class BulkTally
{
    private readonly Lock _counting = new();
    private readonly SortedDictionary<(NotificationOutcome Outcome, HttpStatusCode? Status), long> _outcomes = [];
    private long _malformed;
    private long _cancelled;

    public long Malformed => Interlocked.Read(ref _malformed);

    public long Cancelled => Interlocked.Read(ref _cancelled);

    public long Delivered => Sum(outcome => outcome == NotificationOutcome.Delivered);

    /// <summary>All that were tried and not delivered, those that were cancelled included.</summary>
    public long NotDelivered => Cancelled + Sum(outcome => outcome != NotificationOutcome.Delivered);

    public void AddMalformed() => Interlocked.Increment(ref _malformed);

    public void AddCancelled() => Interlocked.Increment(ref _cancelled);

    public void Add(NotificationResult result)
    {
        lock (_counting)
        {
            var key = (result.Outcome, result.StatusCode);
            _outcomes[key] = _outcomes.GetValueOrDefault(key) + 1;
        }
    }

    public IReadOnlyList<(NotificationOutcome Outcome, HttpStatusCode? Status, long Count)> Counts()
    {
        lock (_counting)
        {
            return [.. _outcomes.Select(pair => (pair.Key.Outcome, pair.Key.Status, pair.Value))];
        }
    }

    private long Sum(Func<NotificationOutcome, bool> counts) =>
        Counts().Where(count => counts(count.Outcome)).Sum(count => count.Count);
}
