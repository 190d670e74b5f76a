using System.Globalization;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Reads <c>Retry-After</c>, which holds seconds or a date (RFC 9110, section 10.2.3).</summary>
internal static class RetryAfterHeader
{
    // Adding the value to a date must not exceed DateTimeOffset.MaxValue. Some providers send Unix time instead of seconds.
    private static readonly TimeSpan Max = TimeSpan.FromDays(30);

    /// <summary>Returns the delay; null if the header is missing or malformed.</summary>
    public static TimeSpan? Read(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values))
        {
            return null;
        }

        // The framework's parser ignores values that exceed an Int32, but they still mean "not now".
        var text = values.ToString().AsSpan().Trim();
        if (!text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9'))
        {
            return double.Parse(text, CultureInfo.InvariantCulture) is var seconds && seconds < Max.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : Max;
        }

        return response.Headers.RetryAfter?.Date is not { } date ? null
            : date <= now ? TimeSpan.Zero
            : date - now < Max ? date - now
            : Max;
    }
}
