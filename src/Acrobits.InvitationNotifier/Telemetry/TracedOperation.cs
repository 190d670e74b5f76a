using System.Diagnostics;
using System.Net;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>An activity whose listeners cannot fail the traced operation.</summary>
internal sealed class TracedOperation : IDisposable
{
    private readonly Activity _activity;
    private readonly Activity? _previous;

    private TracedOperation(Activity activity, Activity? previous) => (_activity, _previous) = (activity, previous);

    /// <returns>The operation, or <see langword="null"/> if there are no listeners or a listener threw.</returns>
    public static TracedOperation? Start(ActivitySource? source, string name, ActivityKind kind)
    {
        if (source?.HasListeners() != true)
        {
            return null;
        }

        var previous = Activity.Current;
        try
        {
            return source.StartActivity(name, kind) is { } activity ? new TracedOperation(activity, previous) : null;
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report("trace", exception);
            Activity.Current = previous;
            return null;
        }
    }

    public TracedOperation SetTag(string key, object? value)
    {
        _activity.SetTag(key, value);
        return this;
    }

    /// <summary>Ends a notification.</summary>
    public void End(NotificationResult result)
    {
        SetTag("acrobits.invitation_notifier.outcome", NotifierMetrics.OutcomeTag(result.Outcome));
        SetTag("acrobits.invitation_notifier.attempts", result.Attempts);
        SetError(result.StatusCode, result.ErrorType);
    }

    /// <summary>Ends one request.</summary>
    public void EndRequest(HttpStatusCode? status, string? errorType)
    {
        if (status is { } code)
        {
            SetTag(SemanticConventions.StatusCode, (int)code);
        }

        SetError(status, errorType);
    }

    public void Dispose()
    {
        try
        {
            _activity.Dispose();
        }
        catch (Exception exception)
        {
            // The activity stopped, but is still Activity.Current.
            TelemetryFailures.Report("trace", exception);
            Activity.Current = _previous;
        }
    }

    private void SetError(HttpStatusCode? status, string? errorType)
    {
        if (SemanticConventions.ErrorTypeOf(status, errorType) is { } error)
        {
            SetTag(SemanticConventions.ErrorType, error);
            _activity.SetStatus(ActivityStatusCode.Error);
        }
    }
}
