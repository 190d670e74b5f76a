namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// A token bucket: each request takes one token, and tokens come at a constant rate. It keeps a tenth of a second's worth, and
/// at least one token, so requests are evenly spaced. Not thread-safe.
/// </summary>
/// <remarks>
/// The token bucket of System.Threading.RateLimiting takes no <see cref="TimeProvider"/>, adds tokens in whole periods, and fixes
/// its rate when it is built. This one uses timestamps and takes the rate with each call, so that a reload keeps its state.
/// </remarks>
internal struct TokenBucket(TimeProvider time)
{
    private static readonly TimeSpan MaxInterval = TimeSpan.FromDays(30);

    // The state is the time at which the bucket was empty: integers, so that nothing adds up to a wrong rate.
    private long _emptyAt = long.MinValue / 2;

    /// <summary>Takes a token, if there is one.</summary>
    /// <param name="perSecond">The rate; null for no limit.</param>
    /// <param name="kept">The number of tokens to leave in the bucket.</param>
    /// <param name="hasWaited">
    /// Whether the request waited for the token. It can then take one that came earlier than its timer, which can be late: up to
    /// a second's worth more is in the bucket.
    /// </param>
    public bool TryTake(double? perSecond, int kept, bool hasWaited)
    {
        if (perSecond is not { } rate)
        {
            return true;
        }

        var (now, interval) = (time.GetTimestamp(), Interval(rate));
        var needed = (kept + 1) * interval;
        var most = hasWaited ? needed + time.TimestampFrequency : Math.Max(needed, time.TimestampFrequency / 10);
        _emptyAt = Math.Max(_emptyAt, now - most);
        if (now - _emptyAt < needed)
        {
            return false;
        }

        _emptyAt += interval;
        return true;
    }

    /// <summary>Puts back a token that was not used.</summary>
    public void Return(double? perSecond) => _emptyAt -= perSecond is { } rate ? Interval(rate) : 0;

    /// <summary>Returns the time until the bucket holds some tokens; at most 30 days.</summary>
    public readonly TimeSpan TimeUntil(int tokens, double perSecond)
    {
        var left = (tokens * (double)Interval(perSecond)) - (time.GetTimestamp() - _emptyAt);
        return left <= 0 ? TimeSpan.Zero
            : left >= MaxInterval.TotalSeconds * time.TimestampFrequency ? MaxInterval
            : TimeSpan.FromTicks((long)Math.Ceiling(left * TimeSpan.TicksPerSecond / time.TimestampFrequency));
    }

    // Between two tokens, in units of timestamps.
    private readonly long Interval(double perSecond) =>
        (long)Math.Ceiling(Math.Min(time.TimestampFrequency / perSecond, time.TimestampFrequency * MaxInterval.TotalSeconds));
}
