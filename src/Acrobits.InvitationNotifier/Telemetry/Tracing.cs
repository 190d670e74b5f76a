using System.Diagnostics;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Starts an activity for a notification, and a child activity for each request. The framework's own HTTP activities are off,
/// because they hold the URL's path, which can hold a phone number.
/// </summary>
internal static class Tracing
{
    // Null if a listener threw when it was notified of the source.
    private static readonly ActivitySource? Source = CreateSource();

    public static TracedOperation? StartNotification(Invitation invitation) => TracedOperation
        .Start(Source, invitation.Event == InvitationEvent.Accepted ? "notify invitation accepted" : "notify invitation created", ActivityKind.Internal)
        ?.SetTag(NotifierMetrics.NetworkId, invitation.NetworkId)
        .SetTag(NotifierMetrics.Event, NotifierMetrics.EventTag(invitation.Event));

    /// <param name="method">The HTTP method, which is also the activity's name.</param>
    /// <param name="destination">The destination of the request.</param>
    /// <param name="resendCount">The number of earlier requests of the same notification.</param>
    public static TracedOperation? StartRequest(HttpMethod method, Destination destination, int resendCount)
    {
        var operation = TracedOperation.Start(Source, method.Method, ActivityKind.Client)
            ?.SetTag(SemanticConventions.Method, method.Method)
            .SetTag(SemanticConventions.ServerAddress, destination.Host.Trim('[', ']'))
            .SetTag(SemanticConventions.ServerPort, destination.Port);
        return resendCount > 0 ? operation?.SetTag(SemanticConventions.ResendCount, resendCount) : operation;
    }

    private static ActivitySource? CreateSource()
    {
        try
        {
            return new ActivitySource("Acrobits.InvitationNotifier");
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report("trace", exception);
            return null;
        }
    }
}
