using System.Globalization;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Explains a result in one line.</summary>
internal static class Outcomes
{
    public static string Explain(NotificationResult result)
    {
        List<string> sentences = [$"{result.Outcome}: {result.Reason?.TrimEnd('.')}."];
        if (Advice(result) is { } advice)
        {
            sentences.Add(advice);
        }

        if (result.RetryAfter is { } delay)
        {
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"Wait at least {Math.Ceiling(delay.TotalSeconds)} s."));
        }

        var attempts = result.Attempts == 1 ? "1 attempt" : $"{result.Attempts} attempts";
        sentences.Add(string.Create(CultureInfo.InvariantCulture, $"({attempts}, {result.Duration.TotalMilliseconds:0} ms)"));
        return string.Join(' ', sentences);
    }

    private static string? Advice(NotificationResult result) => result.Outcome switch
    {
        NotificationOutcome.Delivered => null,
        NotificationOutcome.Rejected when result.IsTransient => "Send it again later.",
        NotificationOutcome.Rejected => "Compare the request with what the provider expects.",
        NotificationOutcome.Unreachable => "Check scheme, host and port, or send it again later.",
        NotificationOutcome.Blocked =>
            "To allow the address, use --allow-range, or Egress:AllowedRanges in the configuration.",
        NotificationOutcome.Suspended => "Send it again later.",
        NotificationOutcome.NotConfigured => "If it should have one, add its URL to the configuration.",
        NotificationOutcome.Unrepresentable => "Correct the value or the template.",
        _ => null,
    };
}
