using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Decides whether another attempt follows, and when.</summary>
internal static class RetryPolicy
{
    /// <summary>The delay before the next attempt, jitter included; null: the attempt is final.</summary>
    public static TimeSpan? NextDelay(Attempt attempt, DeliveryRun run)
    {
        var settings = run.Settings;
        if (run.Once || !attempt.IsTransient || run.Attempts > settings.MaxRetryAttempts || attempt.RetryAfter > settings.MaxDelay)
        {
            return null;
        }

        var delay = Backoff(settings, run.Attempts - 1);
        if (attempt.RetryAfter > delay)
        {
            delay = attempt.RetryAfter.Value;
        }

        // A wait that leaves no time for an attempt helps nobody.
        return delay < run.TimeLeft ? delay : null;
    }

    /// <summary>
    /// The delay before an attempt that a pause holds up. Another answer can have lengthened the pause while a retry waited
    /// for it.
    /// </summary>
    public static TimeSpan? NextDelay(Suspension reason, TimeSpan? left, DeliveryRun run) =>
        reason == Suspension.Paused && run.Attempts > 0 && left <= run.Settings.MaxDelay && left < run.TimeLeft ? left : null;

    // Exponential; repetitions count from 0. Jitter varies it by half, so that many senders do not come back together.
    private static TimeSpan Backoff(DeliverySettings settings, int repetition)
    {
        var factor = Math.Pow(2, repetition) * (settings.UseJitter ? 0.5 + Random.Shared.NextDouble() : 1);
        var ticks = settings.Delay.Ticks * factor;
        return ticks < settings.MaxDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : settings.MaxDelay;
    }
}
