using System.Globalization;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Predicts the attempts of one notification if all of them fail in the same way.</summary>
internal static class Timeline
{
    private const int MaxShown = 10;

    /// <param name="options">The configuration.</param>
    /// <param name="hangs">True: the provider never answers. False: it answers 503 at once.</param>
    public static IEnumerable<string> Describe(InvitationNotifierOptions options, bool hangs)
    {
        var now = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            var left = options.TotalTimeout - now;
            var cut = left < options.AttemptTimeout ? left : options.AttemptTimeout;
            var limit = left < options.AttemptTimeout ? "TotalTimeout" : "AttemptTimeout";
            yield return Line(now, $"attempt {attempt}, " + (hangs ? $"ended after {Seconds(cut)} by {limit}" : "answered 503"));

            now += hangs ? cut : TimeSpan.Zero;
            var delay = Backoff(options.Retry, attempt - 1);
            var outcome = hangs ? NotificationOutcome.Unreachable : NotificationOutcome.Rejected;
            if (attempt > options.Retry.MaxRetryAttempts)
            {
                yield return Line(now, $"{outcome}: no more attempts (MaxRetryAttempts)");
                yield break;
            }

            if (now + delay >= options.TotalTimeout)
            {
                yield return Line(now, now >= options.TotalTimeout
                    ? $"{outcome}: no more time (TotalTimeout)"
                    : $"{outcome}: a delay of {Seconds(delay)} would exceed TotalTimeout");
                yield break;
            }

            if (attempt == MaxShown)
            {
                yield return "  ... and so on, up to MaxRetryAttempts or TotalTimeout";
                yield break;
            }

            yield return Line(now, $"delay of {Seconds(delay)}");
            now += delay;
        }
    }

    private static TimeSpan Backoff(RetryOptions retry, int repetition)
    {
        var delay = retry.Delay.TotalSeconds * Math.Pow(2, repetition);
        return delay < retry.MaxDelay.TotalSeconds ? TimeSpan.FromSeconds(delay) : retry.MaxDelay;
    }

    private static string Line(TimeSpan at, string what) => $"{Seconds(at),8}  {what}";

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
