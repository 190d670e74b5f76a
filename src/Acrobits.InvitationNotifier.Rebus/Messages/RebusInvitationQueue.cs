using Rebus.Bus;

namespace Acrobits.InvitationNotifier.Rebus.Messages;

/// <summary>The queue on the bus: an invitation is accepted once the transport has it, or the ambient Rebus transaction.</summary>
internal sealed class RebusInvitationQueue(IBus bus) : IInvitationQueue
{
    public async ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        cancellationToken.ThrowIfCancellationRequested();

        var identified = invitation.Id is null ? invitation with { Id = Guid.NewGuid().ToString("D") } : invitation;
        await bus.Send(identified).ConfigureAwait(false);
    }
}
