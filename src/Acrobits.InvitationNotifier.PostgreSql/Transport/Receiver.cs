using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
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
    MessageStore store, Settler settler, Outage outage, DurableMetrics? metrics, PostgreSqlInvitationQueueOptions options, ILogger<IInvitationQueue> logger)
    : IAsyncDisposable
{
    // How often an idle process looks for messages: at first, and when there has been none for a while.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly Channel<TaskCompletionSource<(QueueMessage, TransportMessage)>> _callers =
        Channel.CreateUnbounded<TaskCompletionSource<(QueueMessage, TransportMessage)>>(new() { SingleReader = true });

    // Those whom the loop knows. It alone changes the list.
    private readonly List<TaskCompletionSource<(QueueMessage, TransportMessage)>> _waiting = [];

    // Not by id: after an outage that was longer than the lease, this process can have a message twice.
    private readonly ConcurrentDictionary<QueueMessage, bool> _underWay = new();

    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _enqueued = NewSignal(), _left = NewSignal();
    private NetworkShares? _shares;
    private Task _loops = Task.CompletedTask;

    /// <summary>Starts to take messages.</summary>
    public void Start()
    {
        _shares = new NetworkShares(options.MostPerNetwork);
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
        _callers.Writer.TryWrite(caller);
        var registration = cancellationToken.UnsafeRegister(_ => caller.TrySetCanceled(cancellationToken), null);
        await using (registration.ConfigureAwait(false))
        {
            return await caller.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Forgets a message that is settled.</summary>
    public void Leave(QueueMessage message)
    {
        if (_underWay.TryRemove(message, out _))
        {
            _shares!.Leave(message.NetworkId);
            _left.TrySetResult();
        }
    }

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
            if (!await HasCallersAsync().ConfigureAwait(false))
            {
                continue;
            }

            _left = NewSignal();
            var request = _shares!.Divide(_waiting.Count);
            TakeResult result;
            try
            {
                result = await store.TakeAsync(request, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                await attempts.FailedAsync(exception, _stop.Token).ConfigureAwait(false);
                continue;
            }

            attempts.Succeeded();
            result.Messages.ForEach(HandOver);
            pause = result.Messages.Count > 0 ? ShortestPause : Least(pause * 2, LongestPause);
            if (!_shares!.Taken(request, result))
            {
                pause = await PauseAsync(pause, request.Full is []).ConfigureAwait(false);
            }
        }
    }

    // Waits until somebody asks for a message. At the end of the process, callers give up.
    private async Task<bool> HasCallersAsync()
    {
        _waiting.RemoveAll(static caller => caller.Task.IsCompleted);
        if (_waiting is [])
        {
            await _callers.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false);
        }

        while (_callers.Reader.TryRead(out var caller))
        {
            if (!caller.Task.IsCompleted)
            {
                _waiting.Add(caller);
            }
        }

        return _waiting is not [];
    }

    private void HandOver(QueueMessage message)
    {
        if (HeadersJson.Read(message.Headers) is not { } headers)
        {
            // It could not even be told from others, so nothing else would ever end it.
            logger.MessageIsUnreadable(message.Id);
            metrics?.DeadLettered(invitation: null);
            message.Bury("The headers of the message cannot be read.");
            settler.Settle(message.Settlement);
            return;
        }

        _underWay[message] = true;
        _shares!.Enter(message.NetworkId);
        headers[Headers.DeferCount] = message.Redeliveries.ToString(CultureInfo.InvariantCulture);
        headers[InvitationHandler.DeliveryCount] = message.Deliveries.ToString(CultureInfo.InvariantCulture);
        TransportMessage content = new(headers, message.Body);
        while (_waiting is [.., var caller])
        {
            _waiting.RemoveAt(_waiting.Count - 1);
            if (caller.TrySetResult((message, content)))
            {
                return;
            }
        }

        // Nobody waits any more: the process stops.
        Leave(message);
        message.Release();
        settler.Settle(message.Settlement);
    }

    /// <summary>Waits at least for the shortest pause, so that a process that enqueues all the time takes several messages together.</summary>
    /// <param name="pause">How long to wait for something new.</param>
    /// <param name="isIdle">False: messages of a network wait until one of those under way is settled.</param>
    /// <returns>How long the next pause is at least.</returns>
    private async Task<TimeSpan> PauseAsync(TimeSpan pause, bool isIdle)
    {
        if (!isIdle)
        {
            await Task.WhenAny(_left.Task, _enqueued.Task, Task.Delay(pause, _stop.Token)).ConfigureAwait(false);
            if (_enqueued.Task.IsCompleted && !_left.Task.IsCompleted)
            {
                await Task.Delay(ShortestPause, _stop.Token).ConfigureAwait(false);
            }
        }
        else
        {
            await Task.Delay(ShortestPause, _stop.Token).ConfigureAwait(false);
            if (pause > ShortestPause)
            {
                await Task.WhenAny(_enqueued.Task, Task.Delay(pause - ShortestPause, _stop.Token)).ConfigureAwait(false);
            }
        }

        if (!_enqueued.Task.IsCompleted)
        {
            return pause;
        }

        _enqueued = NewSignal();
        return ShortestPause;
    }

    // Each attempt ends in time for another one before the leases expire.
    private async Task RenewAsync()
    {
        Attempts attempts = new(outage);
        while (!_stop.IsCancellationRequested)
        {
            long[] ids = [.. _underWay.Keys.Where(message => message.Age > options.Lease / 6).Select(message => message.Id)];
            try
            {
                if (ids is not [])
                {
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                    limit.CancelAfter(options.Lease / 4);

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

            await Task.Delay(options.Lease / 4, _stop.Token).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
