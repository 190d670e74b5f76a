using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Knows whether the database fails, for everything that a queue does with it. It logs when that begins, and when everything
/// works again.
/// </summary>
internal sealed class Outage(TableSetup setup, QueueTable table, ILogger<IInvitationQueue> logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Attempts> _failing = [];
    private volatile bool _isOn;

    // What the log says already. One kind of failure can follow another.
    private bool _saysFails;
    private bool _saysGone;
    private bool _saysNotCreated;

    /// <summary>Records a failure. A table that does not exist is created again.</summary>
    public async Task BeginsAsync(Attempts attempts, Exception exception, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _isOn = true;
            _failing.Add(attempts);
            if (IsGone(exception) && !_saysGone)
            {
                _saysGone = true;
                logger.TableIsGone(table, DatabaseError.Describe(exception));
            }
            else if (!IsGone(exception) && !_saysFails)
            {
                _saysFails = true;
                logger.DatabaseFails(DatabaseError.Describe(exception));
            }
        }

        if (DatabaseError.IsReadOnly(exception))
        {
            setup.Reconnect();
        }

        if (DatabaseError.IsMissingTable(exception))
        {
            await RestoreTableAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Records that attempts succeed.</summary>
    public void Ends(Attempts attempts)
    {
        if (!_isOn)
        {
            return;
        }

        lock (_gate)
        {
            _failing.Remove(attempts);
            if (_isOn && _failing.Count == 0)
            {
                _isOn = _saysFails = _saysGone = _saysNotCreated = false;
                logger.DatabaseWorks();
            }
        }
    }

    /// <summary>Forgets a failure, because there is nothing left to try. Whether the database works is for others to say.</summary>
    public void Forget(Attempts attempts)
    {
        lock (_gate)
        {
            _failing.Remove(attempts);
        }
    }

    private async Task RestoreTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await setup.EnsureAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (!_saysNotCreated)
                {
                    _saysNotCreated = true;
                    logger.TableCannotBeCreated(table, exception);
                }
            }
        }
    }

    // A table that lacks columns is upgraded and keeps its rows.
    private static bool IsGone(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName
    };
}
