using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rebus.Bus;
using Rebus.ServiceProvider;

namespace Acrobits.InvitationNotifier.PostgreSql.Hosting;

/// <summary>Starts the queue with the host, once the database answers and has the table, and stops it without losing work.</summary>
internal sealed class QueueHost(
    QueueParts parts,
    IBusRegistry buses,
    PostgreSqlInvitationQueueOptions options,
    IOptionsMonitor<InvitationNotifierOptions> configuration,
    IServiceProviderIsService services,
    ILogger<IInvitationQueue> logger)
    : IHostedLifecycleService, IDisposable
{
    /// <summary>The key of the bus among those of the application.</summary>
    public const string BusKey = "Acrobits.InvitationNotifier.PostgreSql";

    /// <summary>
    /// How long deliveries under way, their observers and the database have when the host stops. What is left is delivered again
    /// when its lease has expired.
    /// </summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(8);

    // While the database cannot be reached, and while something has to be repaired.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FailureInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource<IBus> _bus = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private bool _isPrepared;
    private Task _run = Task.CompletedTask;

    /// <summary>The bus, once it has started.</summary>
    /// <exception cref="TimeoutException">It has not started in time.</exception>
    /// <exception cref="InvalidOperationException">The queue is shutting down or has shut down.</exception>
    public async ValueTask<IBus> GetBusAsync(CancellationToken cancellationToken)
    {
        const string ShutDown = "The queue is shutting down or has shut down. The invitation was not accepted.";

        if (_stop.IsCancellationRequested)
        {
            throw new InvalidOperationException(ShutDown);
        }

        var caller = cancellationToken;
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(caller, _stop.Token);
        cancellationToken = wait.Token;
        try
        {
            return _bus.Task.IsCompletedSuccessfully
                ? _bus.Task.Result
                : await _bus.Task.WaitAsync(options.StartTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw new InvalidOperationException(ShutDown);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"The invitation queue has not started within {options.StartTimeout}: either the host has not started, or its " +
                "database cannot be reached. The invitation was not accepted.");
        }
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Deliver && !services.IsService(typeof(IInvitationNotifier)))
        {
            throw new InvalidOperationException(
                "AddPostgreSqlInvitationQueue needs the notifier, which delivers the invitations. Call services.AddInvitationNotifier(...) too. " +
                "If another process delivers them, set Deliver to false.");
        }

        options.Complete(configuration.CurrentValue.Queue);
        try
        {
            await PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (options.WaitForDatabase && DatabaseError.IsOutage(exception))
        {
            logger.WaitsForDatabase(DatabaseError.Describe(exception));
        }
        catch (Exception exception) when (options.WaitForDatabase && DatabaseError.IsInterrupted(exception))
        {
            logger.CannotStart(exception);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new InvalidOperationException(
                $"The database of the invitation queue cannot be used: {DatabaseError.Describe(exception)}. " +
                "Check that it is up, and the connection string.",
                exception);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        using (ExecutionContext.SuppressFlow())
        {
            _run = Task.Run(RunAsync, CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopTimeout);
        await Task.WhenAll(_stop.CancelAsync(), _run).WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (parts.Settler is not { } settler || !_bus.Task.IsCompletedSuccessfully)
        {
            return;
        }

        // Handlers wait for the database, however long it is down, and the bus waits for the handlers.
        var abort = limit.Token.UnsafeRegister(_ => settler.Abort(), null);
        await using (abort.ConfigureAwait(false))
        {
            await StopDeliveriesAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await settler.StopAsync().ConfigureAwait(false);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private async Task StopDeliveriesAsync(CancellationToken limit)
    {
        // A server that has fallen silent keeps the first one waiting.
        var receiver = parts.Receiver!.DisposeAsync().AsTask();

        // Tells the handlers to come to an end, and blocks until they have, unless another thread does the same.
        await Task.Run(_bus.Task.Result.Dispose, CancellationToken.None).ConfigureAwait(false);
        await receiver.ConfigureAwait(false);
        await parts.Receiver.WhenIdleAsync(limit).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (!await TryStartAsync().ConfigureAwait(false))
        {
        }

        if (options is { Deliver: true, DeadLetterRetention: { } retention })
        {
            await PurgeAsync(retention).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryStartAsync()
    {
        TimeSpan pause;
        try
        {
            if (!_isPrepared)
            {
                await PrepareAsync(_stop.Token).ConfigureAwait(false);
            }

            var bus = buses.StartBus(BusKey);
            parts.Start();
            _bus.SetResult(bus);
            logger.Started(parts.Table);
            return true;
        }
        catch (Exception exception) when (DatabaseError.IsOutage(exception) && !_stop.IsCancellationRequested)
        {
            // Said before.
            pause = RetryInterval;
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            logger.CannotStart(exception);
            pause = FailureInterval;
        }

        await Task.Delay(pause, _stop.Token).ConfigureAwait(false);
        return false;
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var (encoding, commit) = await ReadSettingsAsync(cancellationToken).ConfigureAwait(false);
        if (encoding is not ("UTF8" or "SQL_ASCII"))
        {
            throw new InvalidOperationException(
                $"The database of the invitation queue has the encoding {encoding}, which cannot store every network id. " +
                "Use a database with the encoding UTF8.");
        }

        await parts.Setup.EnsureAsync(cancellationToken).ConfigureAwait(false);
        if (commit == "off")
        {
            logger.CommitsAsynchronously();
        }

        _isPrepared = true;
    }

    private async Task<(string Encoding, string SynchronousCommit)> ReadSettingsAsync(CancellationToken cancellationToken)
    {
        var command = parts.Database.Source.CreateCommand("SELECT current_setting('server_encoding'), current_setting('synchronous_commit')");
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return (reader.GetString(0), reader.GetString(1));
        }
    }

    private async Task PurgeAsync(TimeSpan retention)
    {
        var isFailing = false;
        while (true)
        {
            try
            {
                if (await parts.DeadLetters.ExpireAsync(retention, _stop.Token).ConfigureAwait(false) is > 0 and var count)
                {
                    logger.DeadLettersExpired(count);
                }

                isFailing = false;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                if (!isFailing)
                {
                    isFailing = true;
                    logger.DeadLettersNotDeleted(DatabaseError.Describe(exception));
                }
            }

            await Task.Delay(PurgeInterval, _stop.Token).ConfigureAwait(false);
        }
    }
}
