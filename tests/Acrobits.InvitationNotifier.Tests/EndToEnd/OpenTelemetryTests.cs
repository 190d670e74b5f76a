using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>What OpenTelemetry's SDK sees of the notifier is what the tables of docs/operations.md say, for every outcome.</summary>
[Collection(typeof(Alone))]
public sealed class OpenTelemetryTests(DrivenOutcomes driven) : IClassFixture<DrivenOutcomes>
{
    private const string Prefix = "acrobits.invitation_notifier.";
    private const string Notifications = Prefix + "notifications";
    private const string Outcome = Prefix + "outcome";
    private const string Event = Prefix + "event";

    // Network (as the fixture names it); outcome, status, error.type; attempts.
    public static TheoryData<string, string, int?, string?, int> Ends => new()
    {
        { "delivered", "delivered", 204, null, 1 },
        { "posted", "delivered", 204, null, 1 },
        { "accepted", "delivered", 204, null, 1 },
        { "look-alike", "delivered", 204, null, 1 },
        { "recovering", "delivered", 204, null, 2 },
        { "rejected", "rejected", 400, "400", 1 },
        { "failing", "rejected", 503, "503", 2 },
        { "refused", "unreachable", null, "connection_error", 2 },
        { "refused again", "unreachable", null, "connection_error", 1 },
        { "malformed", "unreachable", null, "invalid_response", 2 },
        { "closed", "unreachable", null, "response_ended", 2 },
        { "reset", "unreachable", null, "HttpRequestException", 2 },
        { "verbose", "unreachable", null, "configuration_limit_exceeded", 2 },
        { "no tls", "unreachable", null, "tls_protocol_error", 2 },
        { "no name", "unreachable", null, "name_resolution_error", 2 },
        { "timeout", "unreachable", null, "timeout", 2 },
        { "blocked", "blocked", null, "EgressBlockedException", 1 },
        { "blocked ipv6", "blocked", null, "EgressBlockedException", 1 },
        { "circuit open", "suspended", null, "circuit_open", 0 },
        { "too many", "suspended", null, "concurrency_limit", 0 },
        { "too often", "suspended", null, "rate_limit", 0 },
        { "not configured", "not_configured", null, null, 0 },
        { "unknown", "not_configured", null, null, 0 },
        { "unrepresentable", "unrepresentable", null, "FormatException", 0 },
    };

    [Theory, MemberData(nameof(Ends))]
    public void NotifyAsync_EachEnd_IsTheOneDriven(string network, string outcome, int? status, string? error, int attempts)
    {
        var result = driven.Results[network];

        Assert.Equal(
            (outcome, status, attempts),
            (result.Outcome.ToString().ToLowerInvariant(), (int?)result.StatusCode, result.Attempts) is var (name, code, count)
                ? (name == "notconfigured" ? "not_configured" : name, code, count)
                : default);
        Assert.Equal(error is null || status is not null, result.Exception is null);
    }

    [Fact]
    public void Meter_AllOutcomes_HasTheInstrumentsUnitsKindsAndTagsOfThePage()
    {
        var seen = driven.Metrics.Select(metric => (
            metric.Name, Kind(metric.MetricType), metric.Unit, string.Join(' ', Tags(metric).Order(StringComparer.Ordinal))));

        var written = OperationsPage.Instruments.Select(instrument => (
            instrument.Name, instrument.Kind, instrument.Unit, string.Join(' ', instrument.Tags.Order(StringComparer.Ordinal))));

        Assert.Equal(written.Order(), seen.Order());
        Assert.All(driven.Metrics, metric => Assert.False(string.IsNullOrWhiteSpace(metric.Description)));
    }

    [Fact]
    public void Meter_AllOutcomes_HasTheOutcomesOfThePage()
    {
        Assert.Equal(OperationsPage.Outcomes.Order(), Values(Notifications, Outcome).Order());
        Assert.Equal(OperationsPage.Outcomes.Order(), Values(Prefix + "notification.duration", Outcome).Order());
        Assert.Equal(OperationsPage.Outcomes.Order(), Values(Prefix + "notification.attempts", Outcome).Order());
    }

    [Fact]
    public void Meter_AllFailures_HasTheErrorTypesOfThePage()
    {
        var named = Values(Notifications, "error.type").Where(value => char.IsAsciiLetterLower(value![0]));

        // Those of certificates, pauses and proxies have tests of their own.
        string[] others =
        [
            "certificate_expired", "certificate_not_yet_valid", "certificate_name_mismatch", "certificate_untrusted",
            "client_certificate_required", "secure_connection_error", "proxy_tunnel_error", "paused",
        ];
        Assert.Equal(OperationsPage.ErrorTypes.Except(others).Order(), named.Order());
    }

    [Theory, MemberData(nameof(Ends))]
    public void Counter_EachEnd_CountsOneWithItsTags(string network, string outcome, int? status, string? error, int attempts)
    {
        _ = attempts;
        var id = NetworkId(network);

        var point = Assert.Single(Points(Notifications), point => Text(point, Prefix + "network.id") == id
            && Text(point, Event) == EventOf(network) && Text(point, Outcome) == outcome && Text(point, "http.response.status_code") == status?.ToString(CultureInfo.InvariantCulture)
            && Text(point, "error.type") == error);
        Assert.Equal(id is null || network.StartsWith("refused", StringComparison.Ordinal) ? 2 : 1, point.GetSumLong());
    }

    [Fact]
    public void Histograms_EachOutcome_HoldAsManyValuesAsThereWereResults()
    {
        var busy = 2; // those that were let through while "too many" and "too often" were not
        var results = Ends.Count + busy;

        Assert.Equal(results, Points(Prefix + "notification.duration").Sum(point => point.GetHistogramCount()));
        Assert.Equal(results, Points(Prefix + "notification.attempts").Sum(point => point.GetHistogramCount()));
        Assert.Equal(results, Points(Notifications).Sum(point => point.GetSumLong()));
        Assert.Equal(driven.Results.Values.Sum(result => result.Attempts) + busy, Points(Prefix + "notification.attempts").Sum(point => point.GetHistogramSum()));
        Assert.Equal(
            driven.Results.Values.Where(result => result.Outcome == NotificationOutcome.Unreachable).Sum(result => result.Duration.TotalSeconds),
            Assert.Single(Points(Prefix + "notification.duration"), point => Text(point, Outcome) == "unreachable").GetHistogramSum(), 6);
        Assert.Equal(20, driven.Results["timeout"].Duration.TotalSeconds, 6);
    }

    [Fact]
    public void Gauges_DuringAndAfterARequest_ShowRequestsUnderWayAndOpenCircuits()
    {
        Assert.Equal(1, Assert.Single(Points(Prefix + "active_requests", driven.DuringRequest)).GetSumLong());
        Assert.Equal(0, Assert.Single(Points(Prefix + "active_requests")).GetSumLong());
        Assert.Equal(1, Assert.Single(Points(Prefix + "open_circuits")).GetSumLong());
    }

    [Theory, MemberData(nameof(Ends))]
    public void Activities_EachEnd_AreOneNotificationUnderItsCallerAndOneRequestAnAttempt(
        string network, string outcome, int? status, string? error, int attempts)
    {
        var activities = driven.Activities[network];
        var notification = Assert.Single(activities, activity => activity.DisplayName == $"notify invitation {EventOf(network)}");
        var requests = activities.Except([notification]).OrderBy(activity => activity.StartTimeUtc).ToArray();

        Assert.Equal(driven.Callers[network], notification.ParentSpanId);
        Assert.Equal(ActivityKind.Internal, notification.Kind);
        Assert.Equal(error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, notification.Status);
        var expected = new Dictionary<string, object?>
        {
            [Prefix + "network.id"] = NetworkId(network) ?? (network == "unknown" ? "one that nobody configured" : network),
            [Event] = EventOf(network),
            [Outcome] = outcome,
            [Prefix + "attempts"] = attempts,
        };
        Assert.Equal(With(expected, "error.type", error), Tags(notification));

        Assert.Equal(attempts, requests.Length);
        Assert.All(requests, request =>
        {
            Assert.Equal("Acrobits.InvitationNotifier", request.Source.Name);
            Assert.Equal(notification.SpanId, request.ParentSpanId);
            Assert.Equal(ActivityKind.Client, request.Kind);
            Assert.Equal(network == "posted" ? "POST" : "GET", request.DisplayName);
            Assert.Equal(request.DisplayName, Tags(request)["http.request.method"]);
        });
        if (requests is [.., var last])
        {
            var tags = Tags(last);
            Assert.Equal(status, tags.GetValueOrDefault("http.response.status_code"));
            Assert.Equal(error, tags.GetValueOrDefault("error.type"));
            Assert.Equal(error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, last.Status);
            Assert.Equal(attempts > 1 ? attempts - 1 : null, tags.GetValueOrDefault("http.request.resend_count"));
        }
    }

    [Fact]
    public void Activities_FailedThenAnswered_ShowWhatEachRequestGot()
    {
        var requests = driven.Activities["recovering"].Where(activity => activity.Kind == ActivityKind.Client).OrderBy(activity => activity.StartTimeUtc).ToArray();

        Assert.Equal([503, 204], requests.Select(request => Tags(request)["http.response.status_code"]));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], requests.Select(request => request.Status));
        Assert.Equal([null, 1], requests.Select(request => Tags(request).GetValueOrDefault("http.request.resend_count")));
    }

    [Theory]
    [InlineData("blocked", "10.0.0.1", 80)]
    [InlineData("blocked ipv6", "fd00::1", 8443)]
    [InlineData("no name", "nobody.test", 80)]
    public void Activities_Request_SaysWhichServer(string network, string address, int port)
    {
        var tags = Tags(driven.Activities[network].Last(activity => activity.Kind == ActivityKind.Client));

        Assert.Equal((address, port), (tags["server.address"], tags["server.port"]));
    }

    [Fact]
    public void Activities_AllEnds_HaveTheNamesAndTagsOfThePage()
    {
        var all = driven.Activities.Values.SelectMany(activities => activities).ToLookup(activity => activity.Kind);

        Assert.Equal(OperationsPage.NotificationActivity.Order(), NamesAndTags(all[ActivityKind.Internal]));
        Assert.Equal(OperationsPage.RequestActivity.Order(), NamesAndTags(all[ActivityKind.Client]));
    }

    [Theory, MemberData(nameof(Ends))]
    public void Log_EachEnd_HasItsEventOfThePageWithNetworkAndDestination(
        string network, string outcome, int? status, string? error, int attempts)
    {
        _ = (status, error, attempts);
        var id = Array.IndexOf(["delivered", "rejected", "unreachable", "blocked", "suspended", "not_configured", "unrepresentable"], outcome) + 1;

        var record = Assert.Single(driven.Logs[network], record => record.Id.Id < 20);

        Assert.Equal((id, OperationsPage.Events[id]), (record.Id.Id, record.Level.ToString()));
        Assert.Equal("Acrobits.InvitationNotifier.IInvitationNotifier", record.Category);
        Assert.Contains(record.Category!, OperationsPage.Text, StringComparison.Ordinal);
        var state = record.StructuredState!.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.False(string.IsNullOrEmpty(state["NetworkId"]));
        Assert.Equal(outcome != "not_configured", state.ContainsKey("Destination"));
        Assert.Equal(outcome is "unreachable" or "suspended", state.ContainsKey("Error"));
    }

    [Fact]
    public void Log_LookAlikeAndReloads_HaveTheEventsOfThePage()
    {
        var logged = driven.Logs.Values.SelectMany(records => records).Concat(driven.ReloadLogs).Concat(driven.NetworkLogs)
            .Where(record => record.Category == "Acrobits.InvitationNotifier.IInvitationNotifier")
            .Select(record => (record.Id.Id, record.Level.ToString())).ToHashSet();

        // The look-alike of a configured network is logged with the configuration's first use. A cancellation (8) is no outcome.
        // TlsRenewalTests has those of certificates (26 and 27), WiringTests those of the start (19, 25, 29).
        Assert.Equal(OperationsPage.Events.Where(pair => pair.Key is not (8 or 19 or 25 or 26 or 27 or 29) and < 30).Select(pair => (pair.Key, pair.Value)).Order(), logged.Order());
        Assert.Equal([20, 21], driven.ReloadLogs.Select(record => record.Id.Id).Where(id => id != 22));
        Assert.Contains("TotalTimeout", driven.ReloadLogs.Single(record => record.Level == LogLevel.Error).Message, StringComparison.Ordinal);
        Assert.Contains("UserAgent", driven.ReloadLogs.Single(record => record.Level == LogLevel.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_SingleNetworks_NamesThem()
    {
        Assert.Equal([20, 21, 20, 23, 24], driven.NetworkLogs.Select(record => record.Id.Id).Where(id => id is not (6 or 22)));
        Assert.Contains("posted", driven.NetworkLogs.Single(record => record.Id.Id == 21).Message, StringComparison.Ordinal);
        Assert.Contains("posted", driven.NetworkLogs.Single(record => record.Id.Id == 23).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_Queue_HasTheEventsOfThePage()
    {
        Assert.Equal(
            OperationsPage.Events.Where(pair => pair.Key is >= 30 and < 40).Select(pair => (pair.Key, pair.Value)).Order(),
            driven.QueueLogs.Select(record => (record.Id.Id, record.Level.ToString())).Distinct().Order());
        Assert.All(driven.QueueLogs, record => Assert.Equal("Acrobits.InvitationNotifier.IInvitationQueue", record.Category));
    }

    [Fact]
    public void Counter_EachReasonToDrop_CountsOneWithItsNetwork()
    {
        var dropped = Points(Prefix + "queue.dropped");

        Assert.Equal(
            DrivenQueue.Reasons.Select(pair => (pair.Key, pair.Value, 1L)).Order(),
            dropped.Select(point => (Text(point, Prefix + "network.id")!, Text(point, Prefix + "drop.reason")!, point.GetSumLong())).Order());
        Assert.All(DrivenQueue.Reasons.Values, reason => Assert.Contains(reason, OperationsPage.Text, StringComparison.Ordinal));
        Assert.Equal(0, Assert.Single(Points(Prefix + "queue.waiting")).GetSumLong());
        Assert.Equal(0, Assert.Single(Points(Prefix + "queue.deferred")).GetSumLong());
    }

    // The network's tag is what was in the invitation, and nothing where the network has no web service.
    private static string? NetworkId(string network) => network switch
    {
        "refused again" or "circuit open" => "refused",
        "too many" or "too often" => "busy",
        "unknown" or "not configured" => null,
        _ => network,
    };

    private static string Kind(MetricType type) => type switch
    {
        MetricType.LongSum => "counter",
        MetricType.LongSumNonMonotonic => "up-down counter",
        _ when type.IsHistogram() => "histogram",
        _ => type.ToString(),
    };

    private static string EventOf(string network) => DrivenOutcomes.EventOf(network) == InvitationEvent.Accepted ? "accepted" : "created";

    private static IEnumerable<string> NamesAndTags(IEnumerable<Activity> activities) => activities
        .SelectMany(activity => activity.TagObjects.Select(tag => tag.Key).Append(activity.DisplayName)).Distinct().Order();

    private static HashSet<string> Tags(MetricSnapshot metric)
    {
        var names = new HashSet<string>();
        foreach (var point in metric.MetricPoints)
        {
            foreach (var tag in point.Tags)
            {
                names.Add(tag.Key);
            }
        }

        return names;
    }

    private static Dictionary<string, object?> Tags(Activity activity) => activity.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value);

    private static Dictionary<string, object?> With(Dictionary<string, object?> tags, string key, string? value)
    {
        if (value is not null)
        {
            tags[key] = value;
        }

        return tags;
    }

    private static string? Text(MetricPoint point, string key)
    {
        foreach (var tag in point.Tags)
        {
            if (tag.Key == key)
            {
                return Convert.ToString(tag.Value, CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    private IReadOnlyList<MetricPoint> Points(string instrument, IReadOnlyList<MetricSnapshot>? metrics = null) =>
        (metrics ?? driven.Metrics).Single(metric => metric.Name == instrument).MetricPoints;

    private IEnumerable<string?> Values(string instrument, string tag) =>
        Points(instrument).Select(point => Text(point, tag)).Where(value => value is not null).Distinct();
}
