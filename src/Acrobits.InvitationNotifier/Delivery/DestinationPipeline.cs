using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Acrobits.InvitationNotifier.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// What stands between the notifier and one destination, from the outside in: concurrency limit, total timeout, retry,
/// circuit breaker, attempt timeout.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Whoever found it before it went away still waits here; the limiter holds memory only.")]
internal sealed class DestinationPipeline
{
    // Long enough where many come at once for a healthy provider; short where a slow one would hold up whoever waits.
    private static readonly TimeSpan MaxWaitOnce = TimeSpan.FromMilliseconds(100);

    // Nearly all notifications end with their first attempt, while the circuit is closed. What matters only otherwise stands
    // apart, so that the others do not pay for it.
    private readonly ConcurrencyLimiter _slots;
    private readonly ResiliencePipeline<Attempt> _repetition;
    private readonly ResiliencePipeline<Attempt> _circuit;
    private readonly ResiliencePipeline<Attempt> _timeout;
    private readonly CircuitBreakerStateProvider _circuitState = new();
    private readonly TimeProvider _time;
    private int _running;
    private long _lastUsed;
    private volatile bool _isCongested;

    public DestinationPipeline(DeliverySettings settings, TimeProvider time)
    {
        Settings = settings;
        _time = time;
        _lastUsed = time.GetTimestamp();
        _slots = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = settings.MaxConcurrentRequests,
            QueueLimit = settings.MaxQueuedRequests,
        });
        _repetition = Strategies.Repetition(settings, time);
        _circuit = Strategies.Circuit(settings, time, _circuitState);
        _timeout = Strategies.AttemptTimeout(settings, time);
    }

    public DeliverySettings Settings { get; }

    public bool IsCircuitOpen => _circuitState.CircuitState is CircuitState.Open or CircuitState.HalfOpen;

    /// <summary>Whether nothing is under way, and all that the circuit breaker knows has passed its time.</summary>
    public bool IsForgotten => Volatile.Read(ref _running) == 0
        && _time.GetElapsedTime(Volatile.Read(ref _lastUsed)) > Settings.SamplingDuration + Settings.BreakDuration;

    /// <summary>Runs attempts until one is final or the pipeline ends them.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<Attempt>> ExecuteAsync(DeliveryAttempts attempts, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        Interlocked.Increment(ref _running);
        try
        {
            using var slot = await WaitForSlotAsync(attempts.Once, cancellationToken).ConfigureAwait(false);
            if (!slot.IsAcquired)
            {
                return Outcome.FromException<Attempt>(new RateLimiterRejectedException());
            }

            var started = _time.GetTimestamp();
            var first = await AttemptAsync(attempts, context).ConfigureAwait(false);
            return first is { Exception: null, Result.IsFinal: false }
                ? await RepeatAsync(first, attempts, context, started).ConfigureAwait(false)
                : first;
        }
        finally
        {
            Volatile.Write(ref _lastUsed, _time.GetTimestamp());
            Interlocked.Decrement(ref _running);
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // The retry strategy gets the first attempt's outcome as if it had made that attempt itself.
    private async ValueTask<Outcome<Attempt>> RepeatAsync(
        Outcome<Attempt> first, DeliveryAttempts attempts, ResilienceContext context, long started)
    {
        Strategies.SetTimeLeft(context, Settings.TotalTimeout - _time.GetElapsedTime(started));
        var isFirst = true;
        return await _repetition.ExecuteOutcomeAsync(
            (context, attempts) =>
            {
                var isKnown = isFirst;
                isFirst = false;
                return isKnown ? new(first) : AskCircuitAsync(attempts, context);
            },
            context,
            attempts).ConfigureAwait(false);
    }

    // The first attempt. Around those after it stands the total timeout, which ends what the circuit is told too.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<Attempt>> AttemptAsync(DeliveryAttempts attempts, ResilienceContext context)
    {
        if (_circuitState.CircuitState != CircuitState.Closed)
        {
            return await AskCircuitAsync(attempts, context).ConfigureAwait(false);
        }

        // A closed circuit lets everything through, and only has to be told how it has ended. One that has opened meanwhile
        // would take what it is told for its probe.
        var outcome = await SendAsync(attempts, context).ConfigureAwait(false);
        if (_circuitState.CircuitState == CircuitState.Closed)
        {
            await _circuit.ExecuteOutcomeAsync(
                static (_, outcome) => new ValueTask<Outcome<Attempt>>(outcome), context, outcome).ConfigureAwait(false);
        }

        return outcome;
    }

    private ValueTask<Outcome<Attempt>> AskCircuitAsync(DeliveryAttempts attempts, ResilienceContext context) =>
        _circuit.ExecuteOutcomeAsync((context, attempts) => SendAsync(attempts, context), context, attempts);

    private ValueTask<Outcome<Attempt>> SendAsync(DeliveryAttempts attempts, ResilienceContext context) => _timeout.ExecuteOutcomeAsync(
        static (context, attempts) => attempts.SendAsync(context.CancellationToken), context, attempts);

    // The wait has its limit too: a provider that is slow, and yet never fails, would hold up its callers for long.
    private async ValueTask<RateLimitLease> WaitForSlotAsync(bool once, CancellationToken cancellationToken)
    {
        var lease = _slots.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return lease;
        }

        // Where the last wait was in vain, one waits for all: each would hold up for as long what goes elsewhere.
        if (once && _isCongested && _slots.GetStatistics()?.CurrentQueuedCount > 0)
        {
            return lease;
        }

        var limit = once && MaxWaitOnce < Settings.TotalTimeout ? MaxWaitOnce : Settings.TotalTimeout;
        using var timer = new CancellationTokenSource(limit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            lease = await _slots.AcquireAsync(1, both.Token).ConfigureAwait(false);
            _isCongested = !lease.IsAcquired;
            return lease;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _isCongested = true;
            return lease;
        }
    }
}
