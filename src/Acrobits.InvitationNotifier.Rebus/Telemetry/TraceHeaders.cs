using Acrobits.InvitationNotifier.Telemetry;

namespace Acrobits.InvitationNotifier.Rebus.Telemetry;

/// <summary>The headers of a message that hold the activity that enqueued it (W3C Trace Context).</summary>
internal static class TraceHeaders
{
    /// <summary>The name of this kind of queue in traces.</summary>
    public const string System = "rebus";

    private const string Parent = "traceparent", State = "tracestate";

    public static Dictionary<string, string> Of(TraceOrigin? origin)
    {
        var headers = new Dictionary<string, string>();
        if (origin is not null)
        {
            headers[Parent] = origin.Parent;
            if (origin.State is { Length: > 0 } state)
            {
                headers[State] = state;
            }
        }

        return headers;
    }

    public static TraceOrigin? Read(Dictionary<string, string> headers) =>
        headers.TryGetValue(Parent, out var parent) ? new TraceOrigin(parent, headers.GetValueOrDefault(State)) : null;
}
