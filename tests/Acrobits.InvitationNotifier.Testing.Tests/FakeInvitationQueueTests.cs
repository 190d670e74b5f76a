using Xunit;

namespace Acrobits.InvitationNotifier.Testing.Tests;

public sealed class FakeInvitationQueueTests
{
    private static readonly Invitation First = new("1", "johnsnow", "mynetwork");
    private static readonly Invitation Second = new("2", "johnsnow", "mynetwork") { Id = "second" };

    private readonly FakeInvitationQueue _fake = new();

    [Fact]
    public async Task EnqueueAsync_Invitations_RecordsThemInOrder()
    {
        await _fake.EnqueueAsync(First);
        await _fake.EnqueueAsync(Second);

        Assert.Equal([First, Second], _fake.Invitations);
        Assert.Equal([First, Second], await _fake.WaitForAsync(2));
    }

    [Fact]
    public async Task EnqueueAsync_FullQueue_ThrowsUntilThereIsCapacity()
    {
        _fake.IsFull = true;
        await Assert.ThrowsAsync<TimeoutException>(async () => await _fake.EnqueueAsync(First));
        _fake.IsFull = false;
        await _fake.EnqueueAsync(Second);

        Assert.Equal([Second], _fake.Invitations);
    }

    [Fact]
    public async Task FailWith_Exception_IsThrownUntilReset()
    {
        var failure = new InvalidOperationException("The database is down.");
        await _fake.EnqueueAsync(First);

        _fake.FailWith(failure);
        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(async () => await _fake.EnqueueAsync(First)));
        _fake.Reset();
        await _fake.EnqueueAsync(Second);

        Assert.Equal([Second], _fake.Invitations);
    }

    [Fact]
    public async Task EnqueueAsync_WrongArguments_ThrowsAsTheRealOneAndRecordsNothing()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _fake.EnqueueAsync(null!));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _fake.EnqueueAsync(First, new(canceled: true)));

        Assert.Empty(_fake.Invitations);
    }
}
