using System.Net;
using Acrobits.InvitationNotifier.Tool.Bulk;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class PatientNotifierTests
{
    private static readonly Invitation Invitation = new("1", "b", "n");

    private static readonly NotificationResult Delivered =
        new() { Outcome = NotificationOutcome.Delivered, StatusCode = HttpStatusCode.NoContent };

    [Fact]
    public async Task NotifyAsync_SuspendedForAWhile_WaitsAndDelivers()
    {
        Script script = new(Suspended(0), Suspended(0.1), Delivered);
        PatientNotifier notifier = new(script, TimeSpan.FromHours(1), CancellationToken.None);

        Assert.Equal(Delivered, await notifier.NotifyAsync(Invitation));
    }

    [Fact]
    public async Task NotifyAsync_SuspendedBeyondPatience_GivesTheNetworkUpUntilItAnswers()
    {
        Script script = new(Suspended(100), Suspended(0), Delivered, Suspended(0), Delivered);
        PatientNotifier notifier = new(script, TimeSpan.FromSeconds(10), CancellationToken.None);

        // Too long a wait; then none at all; then the answer that brings the patience back.
        NotificationOutcome[] outcomes = new NotificationOutcome[4];
        for (var index = 0; index < outcomes.Length; index++)
        {
            outcomes[index] = (await notifier.NotifyAsync(Invitation)).Outcome;
        }

        Assert.Equal(
            [
                NotificationOutcome.Suspended,
                NotificationOutcome.Suspended,
                NotificationOutcome.Delivered,
                NotificationOutcome.Delivered,
            ],
            outcomes);
    }

    [Fact]
    public async Task NotifyAsync_StoppedWhileWaiting_ReturnsAtOnce()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50));
        PatientNotifier notifier = new(new Script(Suspended(3600)), TimeSpan.FromHours(2), stop.Token);

        var result = await notifier.NotifyAsync(Invitation).WaitAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(NotificationOutcome.Suspended, result.Outcome);
    }

    private static NotificationResult Suspended(double seconds) =>
        new() { Outcome = NotificationOutcome.Suspended, RetryAfter = TimeSpan.FromSeconds(seconds) };

    private sealed class Script(params NotificationResult[] results) : IInvitationNotifier
    {
        private readonly Queue<NotificationResult> _results = new(results);

        public Task<NotificationResult> NotifyAsync(
            Invitation invitation, CancellationToken cancellationToken = default) => Task.FromResult(_results.Dequeue());
    }
}
