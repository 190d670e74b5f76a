using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rebus.Bus;
using Rebus.ServiceProvider;

namespace Acrobits.InvitationNotifier.PostgreSql.Hosting;

/// <summary>Starts the queue with the host, once the database answers and has the table, and stops it without losing work.</summary>
internal sealed class QueueHost(
    QueueParts parts,
    IBusRegistry buses,
    PostgreSqlInvitationQueueOptions options,
    IServiceProviderIsService services,
    ILogger<IInvitationQueue> logger)
    : IHostedLifecycleService, IDisposable
{
    /// <summary>The key of the bus among those of the application.</summary>
    public const string BusKey = "Acrobits.InvitationNotifier.PostgreSql";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    // For deliveries under way, which get two seconds, and for a database that is down. What is left is delivered again.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(8);

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
                : await _bus.Task.WaitAsync(options.EnqueueTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw new InvalidOperationException(ShutDown);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"The invitation queue has not started within {options.EnqueueTimeout}: either the host has not started, or its " +
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
            logger.CannotStart(DatabaseError.Describe(exception));
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
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (parts.Receiver is not { } receiver || !_bus.Task.IsCompletedSuccessfully)
        {
            return;
        }

        await receiver.DisposeAsync().ConfigureAwait(false);

        // Tells the handlers to come to an end, and blocks until the worker has.
        await Task.Run(_bus.Task.Result.Dispose, CancellationToken.None).ConfigureAwait(false);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StopTimeout);
        await receiver.WhenIdleAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await parts.Settler!.StopAsync(limit.Token).ConfigureAwait(false);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (!_isPrepared)
        {
            await Task.Delay(RetryInterval, _stop.Token).ConfigureAwait(false);
            try
            {
                await PrepareAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (DatabaseError.IsOutage(exception) && !_stop.IsCancellationRequested)
            {
                // Said before.
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.CannotStart(exception is InvalidOperationException ? exception.Message : DatabaseError.Describe(exception));
                await Task.Delay(PurgeInterval, _stop.Token).ConfigureAwait(false);
            }
        }

        parts.Start();
        _bus.SetResult(buses.StartBus(BusKey));
        logger.Started(parts.Table);
        if (options is { Deliver: true, DeadLetterRetention: { } retention })
        {
            await PurgeAsync(retention).ConfigureAwait(false);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await parts.Setup.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var command = parts.Database.Source.CreateCommand("SHOW synchronous_commit");
        await using var _ = command.ConfigureAwait(false);
        if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is "off")
        {
            logger.CommitsAsynchronously();
        }

        _isPrepared = true;
    }

    private async Task PurgeAsync(TimeSpan retention)
    {
        while (true)
        {
            try
            {
                if (await parts.DeadLetters.ExpireAsync(retention, _stop.Token).ConfigureAwait(false) is > 0 and var count)
                {
                    logger.DeadLettersExpired(count);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.DatabaseFails(DatabaseError.Describe(exception));
            }

            await Task.Delay(PurgeInterval, _stop.Token).ConfigureAwait(false);
        }
    }
}
