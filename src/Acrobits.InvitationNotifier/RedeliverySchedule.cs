namespace Acrobits.InvitationNotifier;

/// <summary>
/// When an invitation is delivered again whose delivery has failed for now, as
/// <see cref="NotificationResult.IsTransient"/> tells. Immutable.
/// </summary>
public sealed class RedeliverySchedule
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(30);
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostSpread = TimeSpan.FromMinutes(1);

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

    /// <summary>When to deliver an invitation again whose last delivery has failed for now.</summary>
    /// <remarks>
    /// A delivery that found no free place at its destination (<see cref="NotificationOutcome.Suspended"/> without
    /// <see cref="NotificationResult.RetryAfter"/>) has not failed: the next one follows within a minute, and does not count,
    /// unless the schedule is empty.
    /// </remarks>
    /// <param name="redeliveries">
    /// How many redeliveries of the schedule are used already: 0 after the first delivery, then the last
    /// <see cref="Redelivery.Count"/>.
    /// </param>
    /// <param name="result">
    /// How the last delivery ended; <see langword="null"/>: in an exception. Its <see cref="NotificationResult.RetryAfter"/>
    /// can lengthen the delay, never shorten it; what is beyond a day, and beyond the schedule's longest delay, counts as the
    /// longer of both. What is lengthened is then spread, at random, over as much again, a minute at most: those that were
    /// told the same time would all come at once.
    /// </param>
    /// <returns>The next delivery, or <see langword="null"/> where the schedule is used up.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="redeliveries"/> is negative.</exception>
    public Redelivery? Next(int redeliveries, NotificationResult? result)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(redeliveries);

        if (result is { Outcome: NotificationOutcome.Suspended, RetryAfter: null } && Delays.Count > 0)
        {
            return new Redelivery(LeastWait + Upto(MostSpread - LeastWait), redeliveries);
        }

        if (redeliveries >= Delays.Count)
        {
            return null;
        }

        var delay = Delays[redeliveries];
        if (result?.RetryAfter > delay)
        {
            delay = Least(result.RetryAfter.Value, _maxRetryAfter);
            delay += Upto(Least(delay, MostSpread));
        }

        return new Redelivery(delay, redeliveries + 1);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Upto(TimeSpan most) => most * Random.Shared.NextDouble();
}
