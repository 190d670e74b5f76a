using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// The rate limit of one destination: its tokens, and the web service that one of them is kept for. Guarded by the lock of its
/// <see cref="DestinationLimits"/>.
/// </summary>
/// <param name="time">The clock. Only its timestamps are used.</param>
/// <param name="onToken">Called on another thread when a token has come, see <see cref="SetTimer"/>.</param>
internal sealed class DestinationRate(TimeProvider time, Action onToken)
{
    // Timers take whole milliseconds. A shorter time would be none.
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LateTokenDelay = TimeSpan.FromMilliseconds(10);

    // The web services that were refused and got no token since. A token is kept for the first one, because those that always
    // wait would take it before this one comes back.
    private readonly LinkedList<DestinationShare> _refused = [];
    private TokenBucket _tokens = new(time);
    private ITimer? _timer;
    private long _timerDue = long.MaxValue;

    /// <summary>Whether there is no token for anybody.</summary>
    public bool IsUsedUp(double? perSecond) => perSecond is { } rate && _tokens.TimeUntil(1, rate) > TimeSpan.Zero;

    /// <summary>Takes a token, if there is one for the web service.</summary>
    public bool TryTake(DestinationShare share, double? perSecond, bool hasWaited)
    {
        if (!_tokens.TryTake(perSecond, KeptFrom(share), hasWaited))
        {
            return false;
        }

        if (_refused.Count > 0)
        {
            _refused.Remove(share);
        }

        return true;
    }

    /// <summary>Puts back a token that was not used.</summary>
    public void Return(double? perSecond) => _tokens.Return(perSecond);

    /// <summary>Returns the time until the web service may get a token; null if there is one now.</summary>
    public TimeSpan? Refuse(DestinationShare share, DeliverySettings settings)
    {
        var needed = KeptFrom(share) + 1;
        if (settings.MaxRequestsPerSecond is not { } rate || _tokens.TimeUntil(needed, rate) == TimeSpan.Zero)
        {
            return null;
        }

        if (!_refused.Contains(share))
        {
            _refused.AddLast(share);
        }

        // Those that wait now are first, as far as they get a token before their own wait times out.
        var ahead = (int)Math.Min(share.Waiting.Count, rate * settings.TotalTimeout.TotalSeconds);
        return _tokens.TimeUntil(needed + ahead, rate);
    }

    /// <summary>Forgets a web service that is no longer used.</summary>
    public void Forget(DestinationShare share) => _refused.Remove(share);

    /// <summary>Sets the timer of the next token. One that is set stays, unless a reload raised the rate.</summary>
    public void SetTimer(double perSecond)
    {
        // If one token is there and kept, the others need two.
        var left = _tokens.TimeUntil(1, perSecond);
        if (left == TimeSpan.Zero && _refused.Count > 0)
        {
            left = _tokens.TimeUntil(2, perSecond);
        }

        // The token came after the attempts that wait were refused. Nothing else would wake them.
        if (left == TimeSpan.Zero)
        {
            left = LateTokenDelay;
        }

        // A timer that fires too early is set again.
        var due = time.GetTimestamp() + (long)(left.TotalSeconds * time.TimestampFrequency);
        if (due < _timerDue - (time.TimestampFrequency / 1000))
        {
            _timer?.Dispose();
            _timerDue = due;
            _timer = time.CreateTimer(
                static action => ((Action)action!)(),
                onToken,
                TimerResolution * Math.Ceiling(left / TimerResolution),
                Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Notes that the timer has fired.</summary>
    public void EndTimer() => _timerDue = long.MaxValue;

    private int KeptFrom(DestinationShare share) => _refused.First is { } first && first.Value != share ? 1 : 0;
}
