using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Repeats what the database refuses until it works again, with growing pauses. It logs when the trouble begins and when it
/// ends.
/// </summary>
internal sealed class Outage(TableSetup setup, ILogger<IInvitationQueue> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private TimeSpan _pause = FirstPause;

    /// <summary>Records a failure and waits before the next try.</summary>
    public async Task FailedAsync(Exception exception, CancellationToken cancellationToken)
    {
        if (_pause == FirstPause)
        {
            logger.DatabaseFails(DatabaseError.Describe(exception));
        }

        if (DatabaseError.IsReadOnly(exception))
        {
            setup.Reconnect();
        }

        if (DatabaseError.IsMissingTable(exception))
        {
            await RestoreTableAsync(cancellationToken).ConfigureAwait(false);
        }

        await Task.Delay(_pause, cancellationToken).ConfigureAwait(false);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    /// <summary>Records a success.</summary>
    public void Over()
    {
        if (_pause != FirstPause)
        {
            _pause = FirstPause;
            logger.DatabaseWorks();
        }
    }

    private async Task RestoreTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await setup.EnsureAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The next try says what is wrong.
        }
    }
}
