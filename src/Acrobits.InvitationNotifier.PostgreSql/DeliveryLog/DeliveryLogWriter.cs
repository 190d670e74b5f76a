using System.Diagnostics;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;

/// <summary>
/// Writes the entries that wait, and deletes old ones. While the database is down it tries again and again. When the host has
/// stopped, and no more deliveries end, it writes the rest.
/// </summary>
internal sealed class DeliveryLogWriter(
    PostgreSqlDeliveryLog log, PostgreSqlInvitationDeliveryLogOptions options, ILogger<IDeliveryLog> logger)
    : IHostedLifecycleService, IDisposable
{
    private const int BatchSize = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DroppedInterval = TimeSpan.FromMinutes(1);

    // The rest is worth a moment, even if the host's shutdown timeout is used up.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly TableSetup _setup = new(log.Source, log.Table, logger);
    private readonly List<NumberedEntry> _batch = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private volatile bool _isFailing;
    private TimeSpan _pause = FirstPause;
    private long _droppedLogged = Stopwatch.GetTimestamp();
    private Task _write = Task.CompletedTask;
    private Task _expire = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        using (ExecutionContext.SuppressFlow())
        {
            _write = Task.Run(WriteAsync, CancellationToken.None);
            _expire = Task.Run(ExpireAsync, CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        log.Complete();
        _abort.CancelAfter(StopTimeout);
        await _stop.CancelAsync().ConfigureAwait(false);
        var registration = cancellationToken.UnsafeRegister(_ => _abort.CancelAfter(StopGrace), null);
        await using (registration.ConfigureAwait(false))
        {
            await _write.ConfigureAwait(false);
            await _expire.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _abort.Cancel();
    }

    private async Task WriteAsync()
    {
        try
        {
            await RepeatAsync(_setup.EnsureAsync).ConfigureAwait(false);
            while (await log.Waiting.WaitToReadAsync(_abort.Token).ConfigureAwait(false))
            {
                // More entries gather.
                await Task.Delay(Interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                while (Take())
                {
                    await RepeatAsync(token => InsertAsync(_batch, token)).ConfigureAwait(false);
                    _batch.Clear();
                }
            }
        }
        catch (Exception) when (_abort.IsCancellationRequested)
        {
            log.CountDropped(_batch.Count);
            log.DropWaiting();
        }

        LogDropped();
    }

    private bool Take()
    {
        while (_batch.Count < BatchSize && log.Waiting.TryRead(out var entry))
        {
            _batch.Add(entry);
        }

        return _batch is not [];
    }

    private async Task InsertAsync(List<NumberedEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            await log.Store.InsertAsync(entries, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refusal) when (refusal.SqlState[..2] is "22" or "54")
        {
            // A value that this database cannot store, for instance because of its encoding, must not keep back the others.
            if (entries.Count == 1)
            {
                log.CountDropped(1);
                return;
            }

            foreach (var entry in entries)
            {
                await InsertAsync([entry], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> action)
    {
        while (true)
        {
            try
            {
                await action(_abort.Token).ConfigureAwait(false);
                Succeeded();
                return;
            }
            catch (Exception exception) when (!_abort.IsCancellationRequested)
            {
                await FailedAsync(exception).ConfigureAwait(false);
            }
        }
    }

    private void Succeeded()
    {
        if (_isFailing)
        {
            _isFailing = false;
            _pause = FirstPause;
            logger.DeliveryLogWorks();
            LogDropped();
        }
        else if (Stopwatch.GetElapsedTime(_droppedLogged) > DroppedInterval)
        {
            LogDropped();
        }
    }

    private async Task FailedAsync(Exception exception)
    {
        if (!_isFailing)
        {
            _isFailing = true;

            // The exception of the setup holds SQL to run, in several lines.
            logger.DeliveryLogFails(
                exception is InvalidOperationException ? exception.Message : DatabaseError.Describe(exception));
        }

        if (Stopwatch.GetElapsedTime(_droppedLogged) > DroppedInterval)
        {
            LogDropped();
        }

        if (DatabaseError.IsReadOnly(exception))
        {
            _setup.Reconnect();
        }

        if (DatabaseError.IsMissingTable(exception))
        {
            await RestoreTableAsync().ConfigureAwait(false);
        }

        await Task.Delay(_pause, _abort.Token).ConfigureAwait(false);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    private async Task RestoreTableAsync()
    {
        try
        {
            await _setup.EnsureAsync(_abort.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The next try says what is wrong.
        }
    }

    private void LogDropped()
    {
        _droppedLogged = Stopwatch.GetTimestamp();
        if (log.TakeDropped() is > 0 and var count)
        {
            logger.DeliveriesNotLogged(count);
        }
    }

    private async Task ExpireAsync()
    {
        while (true)
        {
            try
            {
                if (options.IsRetentionSet || log.HasEntries)
                {
                    await log.Store.ExpireAsync(options.Retention, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                // Writing says that the database is down, if it has something to write, and creates the table.
                if (!_isFailing && !DatabaseError.IsMissingTable(exception))
                {
                    logger.DeliveriesNotDeleted(DatabaseError.Describe(exception));
                }
            }

            await Task.Delay(ExpiryInterval, _stop.Token).ConfigureAwait(false);
        }
    }
}
