using System.Globalization;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>What an outcome means, and what to do about it, in a line.</summary>
internal static class Outcomes
{
    public static string Explain(NotificationResult result)
    {
        var meaning = result.Outcome switch
        {
            NotificationOutcome.Delivered =>
                "the provider answered 204 and has the invitation.",
            NotificationOutcome.Rejected when result.IsTransient =>
                $"the provider answered {Status(result)} each time. Send it again later.",
            NotificationOutcome.Rejected =>
                $"the provider answered {Status(result)}, which is ignored: only 204 counts. " +
                "Compare the request with what it expects.",
            NotificationOutcome.Unreachable =>
                $"no usable answer came.{Reason(result)} Check scheme, host and port, or send it again later.",
            NotificationOutcome.Blocked =>
                $"nothing was sent.{Reason(result)} " +
                "If the address is meant, allow it: --allow-range, or Egress:AllowedRanges in the configuration.",
            NotificationOutcome.Suspended =>
                "nothing was sent, as the destination failed too often or has too much waiting. Send it again later.",
            NotificationOutcome.NotConfigured =>
                "nothing was sent, because the network has no web service. Configure one if it should have.",
            NotificationOutcome.Unrepresentable =>
                $"nothing was sent.{Reason(result)} Correct the value or the template.",
            _ => "unknown outcome.",
        };

        var wait = result.RetryAfter is { } delay ? $" Wait at least {Seconds(delay)} s." : "";
        return $"{result.Outcome}: {meaning}{wait} ({Effort(result)})";
    }

    public static string Status(NotificationResult result) =>
        result.StatusCode is { } status ? ((int)status).ToString(CultureInfo.InvariantCulture) : "-";

    public static string Milliseconds(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms");

    private static string Effort(NotificationResult result) =>
        $"{result.Attempts} {(result.Attempts == 1 ? "attempt" : "attempts")}, {Milliseconds(result.Duration)}";

    // Some exceptions of the platform only point to the one within.
    private static string Reason(NotificationResult result) => result.Exception switch
    {
        null => "",
        var exception when exception.Message.Contains("inner exception", StringComparison.Ordinal) =>
            $" {exception.GetBaseException().Message.TrimEnd('.')}.",
        var exception => $" {exception.Message.TrimEnd('.')}.",
    };

    private static string Seconds(TimeSpan delay) =>
        Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
