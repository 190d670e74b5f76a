using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Rebus.Bus;

namespace Acrobits.InvitationNotifier.Rebus.Messages;

/// <summary>
/// A queue on a Rebus bus. It accepts an invitation once the transport or the ambient Rebus transaction has it.
/// </summary>
internal sealed class RebusInvitationQueue(IBus bus) : IInvitationQueue
{
    public async ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        cancellationToken.ThrowIfCancellationRequested();

        var identified = invitation.Id is null ? invitation with { Id = Guid.NewGuid().ToString("D") } : invitation;
        using var activity = QueueTracing.StartSend(identified, TraceHeaders.System);
        try
        {
            await bus.Send(identified, TraceHeaders.Of(TraceOrigin.Current)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetError(ErrorType.Of(exception));
            throw;
        }
    }
}
