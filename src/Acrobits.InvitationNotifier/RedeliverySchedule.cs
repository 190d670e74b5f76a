namespace Acrobits.InvitationNotifier;

/// <summary>
/// When an invitation is delivered again whose delivery has failed for now, as
/// <see cref="NotificationResult.IsTransient"/> tells. Immutable.
/// </summary>
public sealed class RedeliverySchedule
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(30);

    private readonly TimeSpan _maxRetryAfter;

    /// <summary>Creates a schedule.</summary>
    /// <param name="delays">
    /// The delay before each redelivery, counted from the end of the delivery before it; 0 to 30 days. None: nothing is
    /// delivered again.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="delays"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A delay is negative or longer than 30 days.</exception>
    public RedeliverySchedule(params IEnumerable<TimeSpan> delays)
    {
        ArgumentNullException.ThrowIfNull(delays);

        Delays = Array.AsReadOnly<TimeSpan>([.. delays]);
        foreach (var delay in Delays)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero, nameof(delays));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, MaxDelay, nameof(delays));
        }

        _maxRetryAfter = Delays.Append(Day).Max();
    }

    /// <summary>
    /// 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h: what the Standard Webhooks specification suggests, a little
    /// over three days in all.
    /// </summary>
    public static RedeliverySchedule Default { get; } = new(
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24));

    /// <summary>The delay before each redelivery.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; }

    /// <summary>How long to wait before the next delivery.</summary>
    /// <param name="redeliveries">How many redeliveries there were already; 0 after the first delivery.</param>
    /// <param name="retryAfter">
    /// What the last result asks for (<see cref="NotificationResult.RetryAfter"/>). It can lengthen the delay, never shorten
    /// it; what is beyond a day, and beyond the schedule's longest delay, counts as the longer of both.
    /// </param>
    /// <returns>The delay, or <see langword="null"/> where the schedule is used up.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="redeliveries"/> is negative.</exception>
    public TimeSpan? NextDelay(int redeliveries, TimeSpan? retryAfter = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(redeliveries);

        if (redeliveries >= Delays.Count)
        {
            return null;
        }

        var delay = Delays[redeliveries];
        return retryAfter > delay ? TimeSpan.FromTicks(Math.Min(retryAfter.Value.Ticks, _maxRetryAfter.Ticks)) : delay;
    }
}
