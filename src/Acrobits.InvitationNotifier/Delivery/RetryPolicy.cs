using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Decides whether another attempt follows, and when.</summary>
internal static class RetryPolicy
{
    /// <summary>Returns the delay before the next attempt, including jitter; null if the attempt is final.</summary>
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

        // A delay that leaves no time for an attempt is useless.
        return delay < run.TimeLeft ? delay : null;
    }

    /// <summary>
    /// Returns the delay before an attempt that a pause prevented; null if the attempt is final. Another response can lengthen
    /// the pause while a retry waits for its end.
    /// </summary>
    public static TimeSpan? NextDelay(Suspension reason, TimeSpan? left, DeliveryRun run) =>
        reason == Suspension.Paused && run.Attempts > 0 && left <= run.Settings.MaxDelay && left < run.TimeLeft ? left : null;

    // Exponential, with retries counted from 0. Jitter of up to half prevents many senders from retrying at once.
    private static TimeSpan Backoff(DeliverySettings settings, int repetition)
    {
        var factor = Math.Pow(2, repetition) * (settings.UseJitter ? 0.5 + Random.Shared.NextDouble() : 1);
        var ticks = settings.Delay.Ticks * factor;
        return ticks < settings.MaxDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : settings.MaxDelay;
    }
}
