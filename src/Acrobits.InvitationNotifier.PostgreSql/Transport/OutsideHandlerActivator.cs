using Rebus.Activation;
using Rebus.Handlers;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Creates handlers, and the application's services that they need, outside of the message that is handled. Rebus injects the bus
/// of that message otherwise, which is the queue's, where the application expects its own.
/// </summary>
internal sealed class OutsideHandlerActivator(IHandlerActivator inner) : IHandlerActivator
{
    public async Task<IEnumerable<IHandleMessages<TMessage>>> GetHandlers<TMessage>(TMessage message, ITransactionContext transactionContext)
    {
        using RebusTransactionScopeSuppressor outside = new();
        return await inner.GetHandlers(message, transactionContext).ConfigureAwait(false);
    }
}
