using System.Net;
using Acrobits.InvitationNotifier.Tool.Bulk;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class BulkTallyTests
{
    private readonly BulkTally _tally = new();

    [Fact]
    public void Counts_SuspendedForDifferentTimes_AreOneRow()
    {
        Add(NotificationOutcome.Suspended, "Too many attempts failed; nothing is sent for another 00:00:29.1.");
        Add(NotificationOutcome.Suspended, "Too many attempts failed; nothing is sent for another 00:00:12.");
        Add(NotificationOutcome.Suspended, "The destination is at its concurrency limit.");

        Assert.Equal(
            [
                new(new(NotificationOutcome.Suspended, null, "Too many attempts failed."), 2),
                new(new(NotificationOutcome.Suspended, null, "The destination is at its concurrency limit."), 1),
            ],
            _tally.Counts);
    }

    [Fact]
    public void Counts_ManyReasons_StayFewAndComplete()
    {
        for (var port = 1; port <= 500; port++)
        {
            Add(NotificationOutcome.Unreachable, $"Connection refused (127.0.0.1:{port}).");
        }

        Add(NotificationOutcome.Delivered, "The provider confirmed the invitation with 204.", HttpStatusCode.NoContent);

        Assert.InRange(_tally.Counts.Count, 2, 50);
        Assert.Equal(501, _tally.Counts.Sum(pair => pair.Value));
        Assert.Equal((1, 500), (_tally.Delivered, _tally.NotDelivered));
        Assert.Equal("(other reasons)", _tally.Counts.MaxBy(pair => pair.Value).Key.Reason);
    }

    private void Add(NotificationOutcome outcome, string reason, HttpStatusCode? status = null) =>
        _tally.Add(new NotificationResult { Outcome = outcome, Reason = reason, StatusCode = status });
}
