using Acrobits.InvitationNotifier.Testing;
using Acrobits.InvitationNotifier.Tool.Bulk;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class PatientNotifierTests
{
    private static readonly Invitation Invitation = new("1", "b", "n");

    private static readonly NotificationResult Delivered = NotificationResults.Delivered();

    [Fact]
    public async Task NotifyAsync_SuspendedForAWhile_WaitsAndDelivers()
    {
        var provider = new FakeInvitationNotifier().AnswerWith(Suspended(0), Suspended(0.1), Delivered);
        PatientNotifier notifier = new(provider, TimeSpan.FromHours(1), CancellationToken.None);

        Assert.Equal(Delivered, await notifier.NotifyAsync(Invitation));
        Assert.Equal(3, provider.Invitations.Count);
    }

    [Fact]
    public async Task NotifyAsync_SuspendedBeyondPatience_GivesTheNetworkUpUntilItAnswers()
    {
        var provider = new FakeInvitationNotifier().AnswerWith(Suspended(100), Suspended(0), Delivered, Suspended(0), Delivered);
        PatientNotifier notifier = new(provider, TimeSpan.FromSeconds(10), CancellationToken.None);

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
        Assert.Equal(5, provider.Invitations.Count);
    }

    [Fact]
    public async Task NotifyAsync_StoppedWhileWaiting_ReturnsAtOnce()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50));
        PatientNotifier notifier = new(new FakeInvitationNotifier().AnswerWith(Suspended(3600)), TimeSpan.FromHours(2), stop.Token);

        var result = await notifier.NotifyAsync(Invitation).WaitAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(NotificationOutcome.Suspended, result.Outcome);
    }

    private static NotificationResult Suspended(double seconds) => NotificationResults.Suspended(TimeSpan.FromSeconds(seconds));
}
