using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// The activity that enqueued an invitation, as W3C Trace Context writes it. Its baggage is left out, because it can hold
/// personal data. An activity itself would keep its parents in memory.
/// </summary>
/// <param name="Parent">The value of <c>traceparent</c>.</param>
/// <param name="State">The value of <c>tracestate</c>.</param>
internal sealed record TraceOrigin(string Parent, string? State)
{
    /// <summary>The current activity; null if there is none.</summary>
    public static TraceOrigin? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } current
        ? new TraceOrigin(id, current.TraceStateString)
        : null;

    /// <summary>The context; the default one if it is not valid.</summary>
    public ActivityContext Context => ActivityContext.TryParse(Parent, State, isRemote: true, out var context) ? context : default;
}
