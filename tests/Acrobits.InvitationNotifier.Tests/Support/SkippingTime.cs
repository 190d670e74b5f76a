using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>
/// A clock on which the delay before a repetition is over as soon as it begins, and is kept. Timeouts run only when a
/// delay or the test advances the clock.
/// </summary>
internal sealed class SkippingTime : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _delays = new();

    /// <summary>Whether delays are skipped; else they wait for the test to advance the clock.</summary>
    public bool IsSkipping { get; init; } = true;

    /// <summary>All delays so far, in seconds.</summary>
    public IReadOnlyList<double> Delays => [.. _delays.Select(delay => delay.TotalSeconds)];

    /// <summary>
    /// The last skip. A delay that is cut short by a timeout ends before the clock stands still again, and what begins in
    /// between would lose the rest of that time.
    /// </summary>
    public Task Skipped { get; private set; } = Task.CompletedTask;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);

        // Timeouts are created without a time, which they get later; what comes again and again is no delay.
        if (dueTime > TimeSpan.Zero && period == Timeout.InfiniteTimeSpan)
        {
            _delays.Enqueue(dueTime);
            if (IsSkipping)
            {
                // After the caller has got its timer.
                Skipped = Task.Run(() => Advance(dueTime));
            }
        }

        return timer;
    }
}
