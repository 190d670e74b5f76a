using System.Diagnostics;
using System.Net;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// One activity for a notification, and one for each request under it. The framework's own HTTP activities are off,
/// because they carry the URL's path, in which a phone number may stand.
/// </summary>
internal static class Tracing
{
    private static readonly ActivitySource Source = new("Acrobits.InvitationNotifier");

    public static Activity? StartNotification(string networkId) =>
        Source.StartActivity("notify invitation created") is { } activity
            ? activity.SetTag("acrobits.invitation_notifier.network.id", networkId)
            : null;

    public static void End(this Activity activity, NotificationResult result)
    {
        activity.SetTag("acrobits.invitation_notifier.outcome", NotifierMetrics.OutcomeTag(result.Outcome));
        activity.SetTag("acrobits.invitation_notifier.attempts", result.Attempts);
        activity.SetError(result.StatusCode, result.ErrorType);
    }

    /// <param name="method">GET or POST, which is also the activity's name.</param>
    /// <param name="destination">Where the request goes.</param>
    /// <param name="resendCount">How many requests there were before it.</param>
    public static Activity? StartRequest(HttpMethod method, Destination destination, int resendCount)
    {
        var activity = Source.StartActivity(method.Method, ActivityKind.Client);
        if (activity is not null)
        {
            activity.SetTag(SemanticConventions.Method, method.Method);
            activity.SetTag(SemanticConventions.ServerAddress, destination.Host.Trim('[', ']'));
            activity.SetTag(SemanticConventions.ServerPort, destination.Port);
            if (resendCount > 0)
            {
                activity.SetTag(SemanticConventions.ResendCount, resendCount);
            }
        }

        return activity;
    }

    public static void EndRequest(this Activity activity, HttpStatusCode? status, string? errorType)
    {
        if (status is { } code)
        {
            activity.SetTag(SemanticConventions.StatusCode, (int)code);
        }

        activity.SetError(status, errorType);
    }

    private static void SetError(this Activity activity, HttpStatusCode? status, string? errorType)
    {
        if (SemanticConventions.ErrorTypeOf(status, errorType) is { } error)
        {
            activity.SetTag(SemanticConventions.ErrorType, error);
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
