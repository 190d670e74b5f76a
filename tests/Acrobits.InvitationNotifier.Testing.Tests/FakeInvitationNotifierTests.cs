using Xunit;

namespace Acrobits.InvitationNotifier.Testing.Tests;

public sealed class FakeInvitationNotifierTests
{
    private static readonly Invitation First = new("1", "johnsnow", "mynetwork");
    private static readonly Invitation Second = new("2", "johnsnow", "mynetwork") { Event = InvitationEvent.Accepted };

    private readonly FakeInvitationNotifier _fake = new();

    [Fact]
    public async Task NotifyAsync_NothingSaid_DeliversAndRecordsInOrder()
    {
        Assert.True((await _fake.NotifyAsync(First)).IsSuccess);
        Assert.True((await _fake.NotifyOnceAsync(Second)).IsSuccess);

        Assert.Equal([First, Second], _fake.Invitations);
    }

    [Fact]
    public async Task AnswerWith_Results_GivesThemInTurnAndThenTheLast()
    {
        _fake.AnswerWith(NotificationResults.Unreachable(), NotificationResults.Blocked());

        Assert.Equal(NotificationOutcome.Unreachable, (await _fake.NotifyAsync(First)).Outcome);
        Assert.Equal(NotificationOutcome.Blocked, (await _fake.NotifyOnceAsync(First)).Outcome);
        Assert.Equal(NotificationOutcome.Blocked, (await _fake.NotifyAsync(First)).Outcome);
    }

    [Fact]
    public async Task AnswerWith_Function_SeesTheInvitation()
    {
        _fake.AnswerWith(invitation => invitation == First ? NotificationResults.Delivered() : NotificationResults.NotConfigured());

        Assert.Equal(NotificationOutcome.NotConfigured, (await _fake.NotifyAsync(Second)).Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await _fake.NotifyAsync(First)).Outcome);
    }

    [Fact]
    public async Task AnswerWith_FunctionThatWaits_IsCancelledWithTheCall()
    {
        using var cancellation = new CancellationTokenSource();
        _fake.AnswerWith(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return NotificationResults.Delivered();
        });

        var call = _fake.NotifyAsync(First, cancellation.Token);
        await _fake.WaitForAsync(1);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void AnswerWith_NoAnswer_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => _fake.AnswerWith());
        Assert.Throws<ArgumentException>(() => _fake.AnswerWith(NotificationResults.Delivered(), null!));
    }

    [Fact]
    public async Task FailWith_Exception_IsThrownByTheTaskAndTheInvitationRecorded()
    {
        var failure = new InvalidOperationException("The endpoints' database is down.");
        _fake.FailWith(failure);

        var call = _fake.NotifyAsync(First);

        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => call));
        Assert.Equal([First], _fake.Invitations);
    }

    [Fact]
    public async Task NotifyAsync_WrongArguments_ThrowsAsTheRealOneAndRecordsNothing()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() => _fake.NotifyAsync(null!));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fake.NotifyAsync(First, new CancellationToken(canceled: true)));

        Assert.Empty(_fake.Invitations);
    }

    [Fact]
    public async Task Reset_AfterCalls_ForgetsThemAndTheAnswers()
    {
        _fake.FailWith(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(() => _fake.NotifyAsync(First));

        _fake.Reset();

        Assert.Empty(_fake.Invitations);
        Assert.True((await _fake.NotifyAsync(Second)).IsSuccess);
        Assert.Equal([Second], await _fake.WaitForAsync(1));
    }

    [Fact]
    public async Task WaitForAsync_CallsFromManyThreads_SeesThemAll()
    {
        var all = _fake.WaitForAsync(100);

        await Parallel.ForAsync(0, 100, async (number, cancellationToken) =>
            await _fake.NotifyAsync(new Invitation($"{number}", "2", "3"), cancellationToken));

        Assert.Equal(100, (await all).Select(invitation => invitation.Invitee).Distinct().Count());
    }

    [Fact]
    public async Task WaitForAsync_TooFewCalls_SaysHowManyCame()
    {
        await _fake.NotifyAsync(First);

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => _fake.WaitForAsync(2, TimeSpan.FromMilliseconds(1)));

        Assert.Equal("Expected 2 notifications within 00:00:00.0010000, but 1 arrived.", exception.Message);
    }

    [Fact]
    public async Task WaitForAsync_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();

        var wait = _fake.WaitForAsync(1, cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
