namespace Acrobits.InvitationNotifier;

/// <summary>
/// Defines when an invitation is redelivered after a transient failure (<see cref="NotificationResult.IsTransient"/>).
/// Immutable.
/// </summary>
public sealed class RedeliverySchedule
{
    internal static readonly TimeSpan MaxDelay = TimeSpan.FromDays(30);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MostSpread = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _maxRetryAfter;

    /// <summary>Creates a schedule.</summary>
    /// <param name="delays">
    /// The delay before each redelivery, measured from the end of the previous delivery. Each is 0 to 30 days. If empty, nothing
    /// is redelivered.
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
    /// The default schedule: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, a little over three days in total. The
    /// Standard Webhooks specification suggests these delays.
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

    /// <summary>Returns the next redelivery of an invitation after a transient failure.</summary>
    /// <remarks>
    /// <para>
    /// <see cref="NotificationResult.RetryAfter"/> can lengthen the delay but never shortens it. It is limited to one day, or to
    /// the longest delay of the schedule if that is longer. A lengthened delay is extended at random by up to its own length
    /// and at most one minute, so that invitations with the same <c>Retry-After</c> do not arrive all at once.
    /// </para>
    /// <para>
    /// A destination at its concurrency limit or its rate limit (<see cref="NotificationOutcome.Suspended"/>) is not a failure:
    /// the next delivery follows within a minute after <see cref="NotificationResult.RetryAfter"/> and does not count as a
    /// redelivery, unless the schedule is empty.
    /// </para>
    /// </remarks>
    /// <param name="redeliveries">
    /// The number of redeliveries used so far: 0 after the first delivery, then the last <see cref="Redelivery.Count"/>.
    /// </param>
    /// <param name="result">The result of the last delivery, or <see langword="null"/> if it ended in an exception.</param>
    /// <returns>The next redelivery, or <see langword="null"/> if the schedule is exhausted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="redeliveries"/> is negative.</exception>
    public Redelivery? Next(int redeliveries, NotificationResult? result)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(redeliveries);

        if (result is { IsLimited: true } or { Outcome: NotificationOutcome.Suspended, RetryAfter: null } && Delays.Count > 0)
        {
            var wait = Least(result.RetryAfter ?? TimeSpan.Zero, _maxRetryAfter);
            return new Redelivery((wait > LeastWait ? wait : LeastWait) + Upto(MostSpread - LeastWait), redeliveries);
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
