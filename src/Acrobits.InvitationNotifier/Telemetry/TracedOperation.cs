using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>An activity whose listeners cannot fail the traced operation.</summary>
internal sealed class TracedOperation : IDisposable
{
    // Null if a listener threw when it was notified of the source.
    private static readonly ActivitySource? Source = CreateSource();

    private readonly Activity _activity;
    private readonly Activity? _previous;

    private TracedOperation(Activity activity, Activity? previous) => (_activity, _previous) = (activity, previous);

    /// <summary>Whether anybody listens. Without listeners, an operation need not be described.</summary>
    public static bool HasListeners => Source?.HasListeners() == true;

    /// <param name="name">The name of the activity.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="parent">Its parent; none: the current activity.</param>
    /// <param name="tags">The tags that samplers see.</param>
    /// <param name="links">The links.</param>
    /// <returns>The operation, or <see langword="null"/> if there are no listeners or a listener threw.</returns>
    public static TracedOperation? Start(
        string name,
        ActivityKind kind,
        ActivityContext parent = default,
        IEnumerable<KeyValuePair<string, object?>>? tags = null,
        IEnumerable<ActivityLink>? links = null)
    {
        if (!HasListeners)
        {
            return null;
        }

        var previous = Activity.Current;
        try
        {
            return Source!.StartActivity(name, kind, parent, tags, links) is { } activity ? new TracedOperation(activity, previous) : null;
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

    /// <summary>Marks the operation as failed.</summary>
    public void SetError(string errorType)
    {
        SetTag("error.type", errorType);
        _activity.SetStatus(ActivityStatusCode.Error);
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
