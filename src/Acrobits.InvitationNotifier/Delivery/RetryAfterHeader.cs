using System.Globalization;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>What a provider asks for in <c>Retry-After</c>: seconds or a date (RFC 9110, section 10.2.3).</summary>
internal static class RetryAfterHeader
{
    // Whoever adds the value to a date must not get beyond DateTimeOffset.MaxValue. Some providers send a date as Unix time.
    private static readonly TimeSpan Max = TimeSpan.FromDays(30);

    /// <summary>Reads the header; null: there is none, or it is neither seconds nor a date.</summary>
    public static TimeSpan? Read(HttpResponseMessage response, DateTimeOffset now)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values))
        {
            return null;
        }

        // The framework's parser ignores more seconds than an Int32 holds; they still mean "not now".
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
