using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Transport;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Npgsql;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.PostgreSql;

/// <summary>Accepts an invitation once the database has committed it, or as part of the caller's transaction.</summary>
internal sealed class PostgreSqlInvitationQueue(QueueHost host, QueueDatabase database) : IInvitationQueue
{
    // The longest that PostgreSQL and a provider can be expected to take. What is longer is a mistake of the caller, who is told.
    private const int MaxNetworkId = 1024, MaxUser = 64 * 1024;

    public ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        EnqueueAsync(invitation, transaction: null, cancellationToken);

    public async ValueTask EnqueueAsync(Invitation invitation, NpgsqlTransaction? transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        ThrowIfTooLong(invitation, invitation.NetworkId, MaxNetworkId, "network id");
        ThrowIfTooLong(invitation, invitation.Invitee, MaxUser, "invitee");
        ThrowIfTooLong(invitation, invitation.Invitor, MaxUser, "invitor");
        if (invitation.NetworkId.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The network id has the character U+0000, which PostgreSQL does not store.", nameof(invitation));
        }

        cancellationToken.ThrowIfCancellationRequested();

        // Accepted means in the database, even if the caller is in the middle of a transaction of another kind.
        using var outside = AmbientTransaction.Suppress();
        var bus = await host.GetBusAsync(cancellationToken).ConfigureAwait(false);
        if (transaction?.Connection is { } connection && !await database.IsDatabaseOfAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            throw new ArgumentException(
                $"The transaction belongs to another database ({connection.Database}) than the invitation queue, so no worker would find the invitation.",
                nameof(transaction));
        }

        var identified = invitation.Id is null ? invitation with { Id = Guid.NewGuid().ToString("D") } : invitation;

        using var activity = QueueTracing.StartSend(identified, TraceHeaders.System);

        using RebusTransactionScope scope = new();
        QueueTransport.SetOutgoing(scope.TransactionContext, identified, transaction, cancellationToken);
        try
        {
            await bus.Send(identified, TraceHeaders.Of(TraceOrigin.Current)).ConfigureAwait(false);
            await scope.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetError(ErrorType.Of(exception));
            if (transaction is null && DatabaseError.IsReadOnly(exception))
            {
                QueueDatabase.Reconnect(database.Source);
            }

            throw;
        }
    }

    private static void ThrowIfTooLong(Invitation invitation, string value, int most, string what)
    {
        if (value.Length > most)
        {
            throw new ArgumentException(
                $"The {what} has {value.Length} characters. The queue accepts at most {most}.", nameof(invitation));
        }
    }
}
