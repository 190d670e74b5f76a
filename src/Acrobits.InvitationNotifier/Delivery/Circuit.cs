using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// The circuit breaker of one web service. It opens for a break after too many failures, and then lets one attempt probe the
/// web service. It also pauses for as long as the provider asks with <c>Retry-After</c>.
/// </summary>
/// <remarks>
/// Polly's circuit breaker uses the wall clock, fixes its settings when it is built, and cannot be paused. This one uses
/// timestamps and takes the settings with each call, so that a reload keeps its state.
/// </remarks>
internal sealed class Circuit(TimeProvider time)
{
    private const int Buckets = 10;

    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    // A delay by another clock can end a few milliseconds early. The pause it waited for must then be over.
    private static readonly TimeSpan TimerTolerance = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly (int Attempts, int Failures)[] _window = new (int, int)[Buckets];
    private long _bucket;
    private long _openUntil;
    private long _pausedUntil;
    private volatile bool _isOpen;
    private volatile bool _isPaused;
    private bool _isProbing;

    /// <summary>Whether too many attempts failed and no probe has succeeded since.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether a pause is in effect.</summary>
    public bool IsPaused => TimeLeftOfPause() is not null;

    /// <summary>Why and for how long nothing may be sent; null if an attempt may enter.</summary>
    public (Suspension Reason, TimeSpan Left)? Suspension
    {
        get
        {
            if (!_isOpen && !_isPaused)
            {
                return null;
            }

            lock (_gate)
            {
                return SuspensionNow();
            }
        }
    }

    /// <summary>Lets an attempt enter, or returns why and for how long nothing may be sent.</summary>
    /// <param name="settings">The settings of the attempt.</param>
    /// <param name="isProbe">Whether the attempt is a probe, which decides if the circuit closes.</param>
    public (Suspension Reason, TimeSpan Left)? TryEnter(DeliverySettings settings, out bool isProbe)
    {
        isProbe = false;
        if (!_isOpen && !_isPaused)
        {
            return null;
        }

        lock (_gate)
        {
            if (SuspensionNow() is { } suspension)
            {
                return suspension;
            }

            if (_isOpen)
            {
                isProbe = _isProbing = true;
                _openUntil = In(settings.BreakDuration);
            }

            return null;
        }
    }

    /// <summary>Records how an attempt ended.</summary>
    /// <param name="settings">The settings of the attempt.</param>
    /// <param name="isProbe">The value from <see cref="TryEnter"/>.</param>
    /// <param name="failed">
    /// Whether it failed; null if it does not count. After a probe that does not count, the next probe follows after another
    /// break.
    /// </param>
    public void Leave(DeliverySettings settings, bool isProbe, bool? failed)
    {
        if (!isProbe && failed is null)
        {
            return;
        }

        lock (_gate)
        {
            if (isProbe)
            {
                LeaveProbe(settings, failed);
            }
            else if (!_isOpen)
            {
                // An attempt that began before the circuit opened does not count any more.
                Count(settings, failed is true);
            }
        }
    }

    /// <summary>
    /// Pauses the web service. A pause is limited to an hour, so that a provider cannot silence itself for longer.
    /// </summary>
    public void PauseFor(TimeSpan pause)
    {
        lock (_gate)
        {
            _pausedUntil = Math.Max(_pausedUntil, In(pause < MaxPause ? pause : MaxPause));
            _isPaused = true;
        }
    }

    private void LeaveProbe(DeliverySettings settings, bool? failed)
    {
        _isProbing = false;
        if (failed is true)
        {
            _openUntil = In(settings.BreakDuration);
        }
        else if (failed is false)
        {
            _isOpen = false;
            Array.Clear(_window);
        }
    }

    private void Count(DeliverySettings settings, bool failed)
    {
        // The sliding window has ten buckets, so attempts expire in steps of a tenth of the sampling duration.
        var bucket = time.GetTimestamp() / Math.Max(1, Ticks(settings.SamplingDuration) / Buckets);
        if (bucket - _bucket is < 0 or >= Buckets)
        {
            // The window has expired, or a reload changed the sampling duration.
            Array.Clear(_window);
        }
        else
        {
            for (var passed = _bucket + 1; passed <= bucket; passed++)
            {
                _window[passed % Buckets] = default;
            }
        }

        _bucket = bucket;
        ref var current = ref _window[bucket % Buckets];
        current.Attempts++;
        if (!failed)
        {
            return;
        }

        current.Failures++;
        var (attempts, failures) = (0L, 0L);
        foreach (var entry in _window)
        {
            attempts += entry.Attempts;
            failures += entry.Failures;
        }

        if (attempts >= settings.MinimumThroughput && failures >= settings.FailureRatio * attempts)
        {
            _isOpen = true;
            _openUntil = In(settings.BreakDuration);
        }
    }

    private (Suspension, TimeSpan)? SuspensionNow()
    {
        var pause = TimeLeftOfPause();
        _isPaused = pause is not null;
        if (_isOpen)
        {
            var left = Until(_openUntil);
            if (left > TimeSpan.Zero || _isProbing)
            {
                // Zero, because a probe can take longer than the break.
                left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
                return pause > left ? (Delivery.Suspension.Paused, pause.Value) : (Delivery.Suspension.CircuitOpen, left);
            }
        }

        return pause is { } wait ? (Delivery.Suspension.Paused, wait) : null;
    }

    private TimeSpan? TimeLeftOfPause() =>
        _isPaused && Until(Volatile.Read(ref _pausedUntil)) is var left && left > TimerTolerance ? left : null;

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);

    private long In(TimeSpan duration) => time.GetTimestamp() + Ticks(duration);

    private TimeSpan Until(long timestamp) => time.GetElapsedTime(time.GetTimestamp(), timestamp);
}
