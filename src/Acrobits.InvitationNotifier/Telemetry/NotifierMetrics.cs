using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Metrics of the notifier. Names, units and tags are stable and follow OpenTelemetry's semantic conventions.
/// docs/operations.md lists them. Histograms have no network or host tag, so that thousands of providers do not multiply their
/// buckets.
/// </summary>
internal sealed class NotifierMetrics
{
    public const string MeterName = "Acrobits.InvitationNotifier";
    public const string Prefix = "acrobits.invitation_notifier.";
    public const string NetworkId = Prefix + "network.id";

    private const string Outcome = Prefix + "outcome";

    // The default buckets of collectors suit milliseconds. These are the buckets of the HTTP conventions, extended to 60 s
    // because of retries.
    private static readonly InstrumentAdvice<double> SecondsBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<int> AttemptsBuckets = new() { HistogramBucketBoundaries = [0, 1, 2, 3, 4, 5, 10] };

    private readonly Histogram<double>? _duration;
    private readonly Histogram<int>? _attempts;
    private readonly Counter<long>? _notifications;
    private readonly UpDownCounter<long>? _activeRequests;

    public NotifierMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _duration = meter.TryCreate(static meter => meter.CreateHistogram<double>(
            Prefix + "notification.duration", "s", "Time from the call to the result.", tags: null, SecondsBuckets));
        _attempts = meter.TryCreate(static meter => meter.CreateHistogram<int>(
            Prefix + "notification.attempts", "{attempt}", "Requests started for one notification.", tags: null, AttemptsBuckets));
        _notifications = meter.TryCreate(static meter => meter.CreateCounter<long>(
            Prefix + "notifications", "{notification}", "Notifications that ended, by event, network and outcome."));
        _activeRequests = meter.TryCreate(static meter => meter.CreateUpDownCounter<long>(
            Prefix + "active_requests", "{request}", "Requests under way."));
        meter.TryCreate(meter => meter.CreateObservableUpDownCounter(
            Prefix + "open_circuits", () => OpenCircuits(), "{circuit}", "Web services whose circuit is open."));
    }

    /// <summary>Returns the number of open circuits.</summary>
    public Func<long> OpenCircuits { get; set; } = static () => 0;

    /// <param name="invitation">The invitation.</param>
    /// <param name="hasOwnEndpoint">Whether its network has an endpoint of its own. Arbitrary ids would be too many tags.</param>
    /// <param name="result">The result of the notification.</param>
    public void NotificationEnded(Invitation invitation, bool hasOwnEndpoint, NotificationResult result)
    {
        var byEvent = new KeyValuePair<string, object?>(EventTag.Name, EventTag.Of(invitation));
        var byOutcome = new KeyValuePair<string, object?>(Outcome, OutcomeTag(result.Outcome));
        if (_duration is { Enabled: true })
        {
            _duration.TryRecord(result.Duration.TotalSeconds, byEvent, byOutcome);
        }

        if (_attempts is { Enabled: true })
        {
            _attempts.TryRecord(result.Attempts, byEvent, byOutcome);
        }

        if (_notifications is { Enabled: true })
        {
            var tags = new TagList { byEvent, byOutcome };
            if (hasOwnEndpoint)
            {
                tags.Add(NetworkId, invitation.NetworkId);
            }

            AddAnswer(ref tags, result.StatusCode, result.ErrorType);
            _notifications.TryAdd(tags);
        }
    }

    public void RequestStarted() => _activeRequests.TryAdd(1);

    public void RequestEnded() => _activeRequests.TryAdd(-1);

    /// <summary>Returns the value of the outcome tag.</summary>
    public static string OutcomeTag(NotificationOutcome outcome) => outcome switch
    {
        NotificationOutcome.Delivered => "delivered",
        NotificationOutcome.Rejected => "rejected",
        NotificationOutcome.Unreachable => "unreachable",
        NotificationOutcome.Blocked => "blocked",
        NotificationOutcome.Suspended => "suspended",
        NotificationOutcome.NotConfigured => "not_configured",
        _ => "unrepresentable",
    };

    private static void AddAnswer(ref TagList tags, HttpStatusCode? status, string? errorType)
    {
        // Limits the cardinality: a provider could send a different undefined status each time.
        if (status is { } unknown && !Enum.IsDefined(unknown))
        {
            tags.Add(SemanticConventions.ErrorType, "_OTHER");
            return;
        }

        if (status is { } code)
        {
            tags.Add(SemanticConventions.StatusCode, (int)code);
        }

        if (SemanticConventions.ErrorTypeOf(status, errorType) is { } error)
        {
            tags.Add(SemanticConventions.ErrorType, error);
        }
    }
}
