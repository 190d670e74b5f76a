using System.Diagnostics;
using System.Net;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Starts an activity for a notification, and a child activity for each request. The framework's own HTTP activities are off,
/// because they hold the URL's path, which can hold a phone number.
/// </summary>
internal static class Tracing
{
    public static TracedOperation? StartNotification(Invitation invitation) => TracedOperation
        .Start(invitation.Event == InvitationEvent.Accepted ? "notify invitation accepted" : "notify invitation created", ActivityKind.Internal)
        ?.SetTag(NotifierMetrics.NetworkId, invitation.NetworkId)
        .SetTag(EventTag.Name, EventTag.Of(invitation));

    /// <summary>Ends a notification.</summary>
    public static void End(this TracedOperation notification, NotificationResult result)
    {
        notification.SetTag("acrobits.invitation_notifier.outcome", NotifierMetrics.OutcomeTag(result.Outcome));
        notification.SetTag("acrobits.invitation_notifier.attempts", result.Attempts);
        notification.SetError(result.StatusCode, result.ErrorType);
    }

    /// <param name="method">The HTTP method, which is also the activity's name.</param>
    /// <param name="destination">The destination of the request.</param>
    /// <param name="resendCount">The number of earlier requests of the same notification.</param>
    public static TracedOperation? StartRequest(HttpMethod method, Destination destination, int resendCount)
    {
        var operation = TracedOperation.Start(method.Method, ActivityKind.Client)
            ?.SetTag(SemanticConventions.Method, method.Method)
            .SetTag(SemanticConventions.ServerAddress, destination.Host.Trim('[', ']'))
            .SetTag(SemanticConventions.ServerPort, destination.Port);
        return resendCount > 0 ? operation?.SetTag(SemanticConventions.ResendCount, resendCount) : operation;
    }

    /// <summary>Ends one request.</summary>
    public static void EndRequest(this TracedOperation request, HttpStatusCode? status, string? errorType)
    {
        if (status is { } code)
        {
            request.SetTag(SemanticConventions.StatusCode, (int)code);
        }

        request.SetError(status, errorType);
    }

    private static void SetError(this TracedOperation operation, HttpStatusCode? status, string? errorType)
    {
        if (SemanticConventions.ErrorTypeOf(status, errorType) is { } error)
        {
            operation.SetError(error);
        }
    }
}
