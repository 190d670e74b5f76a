using System.Net;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Which answers ask for another try, and when.</summary>
internal static class RetryRules
{
    /// <summary>Whether the status says that the same request could succeed later.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or
        HttpStatusCode.TooManyRequests or
        HttpStatusCode.InternalServerError or
        HttpStatusCode.BadGateway or
        HttpStatusCode.ServiceUnavailable or
        HttpStatusCode.GatewayTimeout;

    /// <summary>What the provider asks for in <c>Retry-After</c>: seconds or a date (RFC 9110, section 10.2.3).</summary>
    public static TimeSpan? ReadRetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values))
        {
            return null;
        }

        // The framework's parser passes over more seconds than an Int32 holds; they still mean "not now".
        var text = values.ToString().AsSpan().Trim();
        if (!text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9'))
        {
            return double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) is var seconds and < 1e9
                ? TimeSpan.FromSeconds(seconds)
                : TimeSpan.MaxValue;
        }

        return response.Headers.RetryAfter?.Date is not { } date ? null
            : date > now ? date - now
            : TimeSpan.Zero;
    }

    /// <summary>The delay before a repetition, without jitter; attempts count from 0.</summary>
    public static TimeSpan Backoff(TimeSpan delay, TimeSpan maxDelay, int attempt)
    {
        var ticks = delay.Ticks * Math.Pow(2, attempt);
        return ticks < maxDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : maxDelay;
    }
}
