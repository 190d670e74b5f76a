using System.Collections.Concurrent;
using System.Globalization;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Acrobits.InvitationNotifier.Rebus.Handling;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Microsoft.Extensions.Logging;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Takes messages from the database for those that wait for one, never more than can be delivered at once, and renews the
/// leases of those under way.
/// </summary>
internal sealed class Receiver(
    MessageStore store, Settler settler, Outage outage, DurableMetrics? metrics, TimeSpan lease, ILogger<IInvitationQueue> logger) : IAsyncDisposable
{
    // How often an idle process looks for messages: at first, and when there has been none for a while.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentQueue<TaskCompletionSource<(QueueMessage, TransportMessage)>> _callers = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly ConcurrentDictionary<long, QueueMessage> _underWay = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _enqueued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loops = Task.CompletedTask;

    /// <summary>Starts to take messages.</summary>
    public void Start()
    {
        using (ExecutionContext.SuppressFlow())
        {
            _loops = Task.WhenAll(
                Task.Run(() => BackgroundLoop.RunAsync(TakeAsync, logger, _stop.Token)),
                Task.Run(() => BackgroundLoop.RunAsync(RenewAsync, logger, _stop.Token)));
        }
    }

    /// <summary>Waits for a message.</summary>
    public async Task<(QueueMessage Message, TransportMessage Content)> NextAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<(QueueMessage, TransportMessage)> caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _callers.Enqueue(caller);
        _waiting.Release();
        var registration = cancellationToken.UnsafeRegister(_ => caller.TrySetCanceled(cancellationToken), null);
        await using (registration.ConfigureAwait(false))
        {
            return await caller.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Forgets a message that is settled.</summary>
    public void Leave(QueueMessage message) => _underWay.TryRemove(KeyValuePair.Create(message.Id, message));

    /// <summary>Ends a long pause, because this process has put a message into the queue.</summary>
    public void Enqueued() => _enqueued.TrySetResult();

    /// <summary>Waits until no message is under way.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        while (!_underWay.IsEmpty)
        {
            await Task.Delay(ShortestPause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more messages.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TakeAsync()
    {
        Attempts attempts = new(outage);
        var pause = ShortestPause;
        while (!_stop.IsCancellationRequested)
        {
            var asked = await CountCallersAsync().ConfigureAwait(false);
            List<QueueMessage> messages;
            try
            {
                messages = await store.TakeAsync(asked, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                _waiting.Release(asked);
                await attempts.FailedAsync(exception, _stop.Token).ConfigureAwait(false);
                continue;
            }

            attempts.Succeeded();
            if (asked - messages.Count(HandOver) is > 0 and var unserved)
            {
                _waiting.Release(unserved);
            }

            if (messages.Count < asked)
            {
                pause = messages.Count > 0 ? ShortestPause : Least(pause * 2, LongestPause);
                pause = await PauseAsync(pause).ConfigureAwait(false);
            }
        }
    }

    // Waits until there is one.
    private async Task<int> CountCallersAsync()
    {
        await _waiting.WaitAsync(_stop.Token).ConfigureAwait(false);
        var callers = 1;
        while (_waiting.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            callers++;
        }

        return callers;
    }

    /// <returns>Whether somebody got the message.</returns>
    private bool HandOver(QueueMessage message)
    {
        if (HeadersJson.Read(message.Headers) is not { } headers)
        {
            // It could not even be told from others, so nothing else would ever end it.
            logger.MessageIsUnreadable(message.Id);
            metrics?.DeadLettered(invitation: null);
            message.Bury("The headers of the message cannot be read.");
            settler.Settle(message.Settlement);
            return false;
        }

        _underWay[message.Id] = message;
        headers[Headers.DeferCount] = message.Redeliveries.ToString(CultureInfo.InvariantCulture);
        headers[InvitationHandler.DeliveryCount] = message.Deliveries.ToString(CultureInfo.InvariantCulture);
        while (_callers.TryDequeue(out var caller))
        {
            if (caller.TrySetResult((message, new TransportMessage(headers, message.Body))))
            {
                return true;
            }
        }

        // Nobody waits any more: the process stops.
        Leave(message);
        message.Release();
        settler.Settle(message.Settlement);
        return false;
    }

    /// <returns>How long the next pause is at least.</returns>
    private async Task<TimeSpan> PauseAsync(TimeSpan pause)
    {
        // Even a process that enqueues all the time takes what it has enqueued together.
        await Task.Delay(ShortestPause, _stop.Token).ConfigureAwait(false);
        if (pause > ShortestPause)
        {
            await Task.WhenAny(_enqueued.Task, Task.Delay(pause - ShortestPause, _stop.Token)).ConfigureAwait(false);
        }

        if (!_enqueued.Task.IsCompleted)
        {
            return pause;
        }

        _enqueued = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return ShortestPause;
    }

    // Each attempt ends in time for another one before the leases expire.
    private async Task RenewAsync()
    {
        Attempts attempts = new(outage);
        while (!_stop.IsCancellationRequested)
        {
            long[] ids = [.. _underWay.Values.Where(message => message.Age > lease / 6).Select(message => message.Id)];
            try
            {
                if (ids is not [])
                {
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                    limit.CancelAfter(lease / 4);

                    // Npgsql itself waits a while for a server that does not answer its request to cancel either.
                    await store.RenewAsync(ids, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
                    attempts.Succeeded();
                }
                else
                {
                    attempts.GiveUp();
                }
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                await attempts.FailedAsync(
                    exception is OperationCanceledException ? new TimeoutException("Leases could not be renewed in time") : exception,
                    _stop.Token).ConfigureAwait(false);
                continue;
            }

            await Task.Delay(lease / 4, _stop.Token).ConfigureAwait(false);
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
