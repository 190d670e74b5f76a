using System.Globalization;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.Rebus.Handling;
using Npgsql;
using Rebus.Messages;
using Rebus.Time;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Rebus' way to the messages. What becomes of a received one is written when its handling is over, and only then: an error of
/// the database during a deferral is not a failure of the message.
/// </summary>
/// <remarks>
/// Rebus.PostgreSql's own transport keeps a transaction and a connection for each message under way, commits for each, and
/// cannot get rid of a row whose headers it cannot read.
/// </remarks>
internal sealed class QueueTransport(
    MessageStore store, Receiver? receiver, Settler? settler, Slots slots, TimeSpan lease, string queue, IRebusTime time) : ITransport
{
    private const string Received = "acrobits-received-message", Outgoing = "acrobits-outgoing-invitation";

    // Null: nothing is received.
    public string? Address => receiver is null ? null : queue;

    /// <summary>The message that a transaction context has received.</summary>
    public static QueueMessage? MessageOf(ITransactionContext context) => context.GetOrNull<QueueMessage>(Received);

    /// <summary>Tells the transport which invitation is sent within the context, and in whose transaction, if not its own.</summary>
    public static void SetOutgoing(ITransactionContext context, Invitation invitation, NpgsqlTransaction? transaction, CancellationToken cancellationToken) =>
        context.Items[Outgoing] = new OutgoingInvitation(invitation, transaction, cancellationToken);

    public void CreateQueue(string address)
    {
        // A queue is a value in a column.
    }

    public Task Send(string destinationAddress, TransportMessage message, ITransactionContext context)
    {
        // A deferral of the received message has its very body. Other deferred messages are the application's.
        if (MessageOf(context) is { } received
            && ReferenceEquals(message.Body, received.Body)
            && message.Headers.TryGetValue(Headers.DeferredUntil, out var until))
        {
            received.Defer(
                DateTimeOffset.Parse(until, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) - time.Now,
                int.Parse(message.Headers[Headers.DeferCount], CultureInfo.InvariantCulture));
            return Task.CompletedTask;
        }

        return context.GetOrNull<OutgoingInvitation>(Outgoing) is { } outgoing
            ? InsertAsync(new NewMessage(destinationAddress, HeadersJson.Write(message.Headers), message.Body, outgoing.Invitation), outgoing)
            : throw new InvalidOperationException("This bus belongs to the invitation queue and sends nothing but its invitations. Enqueue them with IInvitationQueue, and send other messages with a bus of the application.");
    }

    public async Task<TransportMessage?> Receive(ITransactionContext context, CancellationToken cancellationToken)
    {
        QueueMessage message;
        TransportMessage content;
        do
        {
            (message, content) = await receiver!.NextAsync(cancellationToken).ConfigureAwait(false);
        }
        while (IsStale(message));

        var isSettled = false;
        context.Items[Received] = message;
        context.Items[InvitationHandler.CallsOutside] = true;
        context.OnAck(_ => SettleAsync());
        context.OnNack(_ =>
        {
            message.Release();
            return SettleAsync();
        });
        context.OnDisposed(_ =>
        {
            if (!isSettled)
            {
                message.Release();
                settler!.Settle(message.Settlement);
                receiver.Leave(message);
            }

            slots.Free();
        });
        return content;

        async Task SettleAsync()
        {
            isSettled = true;
            await settler!.SettleAsync(message.Settlement).ConfigureAwait(false);
            receiver.Leave(message);
        }
    }

    // The process was stopped for so long that another one has the message by now.
    private bool IsStale(QueueMessage message)
    {
        var isStale = message.Age > lease;
        if (isStale)
        {
            receiver!.Leave(message);
        }

        return isStale;
    }

    private async Task InsertAsync(NewMessage message, OutgoingInvitation outgoing)
    {
        if (outgoing.Transaction is { } transaction)
        {
            await store.InsertAsync(message, transaction, outgoing.CancellationToken).ConfigureAwait(false);
            return;
        }

        await store.InsertAsync(message, outgoing.CancellationToken).ConfigureAwait(false);
        receiver?.Enqueued();
    }

    private sealed record OutgoingInvitation(Invitation Invitation, NpgsqlTransaction? Transaction, CancellationToken CancellationToken);
}
