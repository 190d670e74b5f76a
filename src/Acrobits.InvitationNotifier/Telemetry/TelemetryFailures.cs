using System.Diagnostics.Tracing;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Reports that a logger or a listener of the application threw. An event source costs nothing without listeners, works when
/// logging itself fails, and swallows exceptions of its own listeners.
/// </summary>
[EventSource(Name = "Acrobits.InvitationNotifier")]
internal sealed class TelemetryFailures : EventSource
{
    private static readonly TelemetryFailures Log = new();

    /// <summary>Reports the failure.</summary>
    /// <param name="part">What failed: <c>log</c>, <c>metric</c> or <c>trace</c>.</param>
    /// <param name="exception">The exception. Only its type is reported, because its message can hold personal data.</param>
    [NonEvent]
    public static void Report(string part, Exception exception) => Log.TelemetryFailed(part, exception.GetType().FullName ?? "");

    [Event(1, Level = EventLevel.Warning, Message = "A {0} callback of the application threw {1}. The delivery continues. Correct the callback.")]
    private void TelemetryFailed(string part, string exception) => WriteEvent(1, part, exception);
}
