using System.Diagnostics;
using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// One activity for a notification, and one for each request under it. The framework's own HTTP activities are off,
/// because they carry the URL's path, in which a phone number may stand.
/// </summary>
internal static class Tracing
{
    // Null if a listener threw when the source was announced to it.
    private static readonly ActivitySource? Source = CreateSource();

    public static TracedOperation? StartNotification(string networkId) =>
        TracedOperation.Start(Source, "notify invitation created", ActivityKind.Internal)
            ?.SetTag("acrobits.invitation_notifier.network.id", networkId);

    /// <param name="method">GET or POST, which is also the activity's name.</param>
    /// <param name="destination">Where the request goes.</param>
    /// <param name="resendCount">How many requests there were before it.</param>
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
