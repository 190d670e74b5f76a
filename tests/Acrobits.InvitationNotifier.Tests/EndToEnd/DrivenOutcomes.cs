using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>
/// An application that OpenTelemetry's own SDK observes, in which each kind of outcome and of failure comes about once,
/// each in a network of its own.
/// </summary>
public sealed class DrivenOutcomes : IAsyncLifetime
{
    private const string Source = "Acrobits.InvitationNotifier";

    private readonly List<MetricSnapshot> _metrics = [];
    private readonly List<Activity> _activities = [];
    private readonly FakeTimeProvider _time = new();

    public Dictionary<string, NotificationResult> Results { get; } = [];

    /// <summary>The instruments of the notifier while one request was under way.</summary>
    internal IReadOnlyList<MetricSnapshot> DuringRequest { get; private set; } = [];

    internal IReadOnlyList<MetricSnapshot> Metrics { get; private set; } = [];

    /// <summary>The activities under the one that each notification was sent from, by network.</summary>
    internal Dictionary<string, Activity[]> Activities { get; } = [];

    internal Dictionary<string, FakeLogRecord[]> Logs { get; } = [];

    internal Dictionary<string, ActivitySpanId> Callers { get; } = [];

    internal IReadOnlyList<FakeLogRecord> QueueLogs { get; private set; } = [];

    internal IReadOnlyList<FakeLogRecord> ReloadLogs { get; private set; } = [];

    /// <summary>What is logged of single networks in the configuration.</summary>
    internal IReadOnlyList<FakeLogRecord> NetworkLogs { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        var release = new TaskCompletionSource();
        await using var delivered = new Provider(Replies.NoContent);
        await using var recovering = new Provider(Replies.Sequence(Replies.Status(503), Replies.NoContent));
        await using var rejecting = new Provider(Replies.Status(400));
        await using var failing = new Provider(Replies.Status(503));
        await using var malformed = new Provider(Replies.Echo(_ => "NONSENSE\r\n\r\n"));
        await using var closing = new Provider(Replies.Close);
        await using var resetting = new Provider(Replies.Reset);
        await using var verbose = new Provider(Replies.Status(204, $"X-Long: {new string('x', 20_000)}\r\n"));
        await using var plain = new Provider(Replies.Echo(_ => "HTTP/1.1 400 This is no TLS\r\n\r\n"));
        await using var hanging = new Provider(Replies.Hang);
        await using var busy = new Provider(Replies.NoContentAfter(release.Task));
        var refusing = await Application.FindSilentPortAsync();

        var urls = new Dictionary<string, string?>
        {
            ["delivered"] = delivered.Url,
            ["posted"] = delivered.Url,
            ["accepted"] = delivered.Url,
            ["recovering"] = recovering.Url,
            ["rejected"] = rejecting.Url,
            ["failing"] = failing.Url,
            ["refused"] = $"http://127.0.0.1:{refusing}/",
            ["malformed"] = malformed.Url,
            ["closed"] = closing.Url,
            ["reset"] = resetting.Url,
            ["verbose"] = verbose.Url,
            ["no tls"] = $"https://127.0.0.1:{plain.Port}/",
            ["no name"] = "http://nobody.test/",
            ["timeout"] = hanging.Url,
            ["blocked"] = "http://10.0.0.1/",
            ["blocked ipv6"] = "https://[fd00::1]:8443/",
            ["busy"] = busy.Url,
            ["unrepresentable"] = "http://provider.test/%invitee%/",
            ["look-alike"] = delivered.Url + "?i=%inviter%",
            ["not configured"] = null,
        };
        var settings = urls.Select(url => ($"Networks:{url.Key}:InvitationCreatedUrl", url.Value))
            .Concat([
                ("Networks:posted:InvitationCreatedPostData", "i=%invitee%"),
                ("Networks:accepted:InvitationAcceptedUrl", delivered.Url),
                ("Egress:AllowedRanges:0", "127.0.0.1/32"),
                ("Retry:MaxRetryAttempts", "1"), ("Retry:Delay", "00:00:00"),
                ("CircuitBreaker:MinimumThroughput", "3"), ("CircuitBreaker:FailureRatio", "1"), ("CircuitBreaker:BreakDuration", "01:00:00"),
                ("MaxConcurrentRequests", "1"), ("MaxQueuedRequests", "0"),
            ]).ToArray();
        var (configuration, source) = ChangingConfiguration.Create(settings);
        using var application = Application.Create(configuration, (services, _) => services
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging())
            .ResolveNames(_ => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)))
            .Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));

        var factory = application.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        using var meters = Sdk.CreateMeterProviderBuilder()
            .AddMeter(Source)
            .AddView(instrument => instrument.Meter.Scope == factory ? null : MetricStreamConfiguration.Drop)
            .AddInMemoryExporter(_metrics)
            .Build();
        var tracers = Sdk.CreateTracerProviderBuilder()
            .AddSource(Source, nameof(DrivenOutcomes)).AddHttpClientInstrumentation().AddInMemoryExporter(_activities)
            .Build();

        var ids = new Dictionary<string, ActivityTraceId>();
        using var callers = new ActivitySource(nameof(DrivenOutcomes));
        async Task NotifyAsync(string network, string url, string invitee = "15551231234")
        {
            var logs = application.GetFakeLogCollector();
            logs.Clear();
            Activity.Current = null;
            using (var caller = callers.StartActivity("invite"))
            {
                ids[network] = caller!.TraceId;
                Callers[network] = caller.SpanId;
                Results[network] = await application.Notifier().NotifyAsync(new Invitation(invitee, "johnsnow", url) { Event = EventOf(network) });
            }

            Logs[network] = [.. logs.GetSnapshot()];
        }

        foreach (var network in urls.Keys.Except(["timeout", "busy", "unrepresentable"]))
        {
            await NotifyAsync(network, network);
        }

        await NotifyAsync("unknown", "one that nobody configured");
        await NotifyAsync("unrepresentable", "unrepresentable", "..");

        var late = NotifyAsync("timeout", "timeout");
        await hanging.ArrivedAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await hanging.ArrivedAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await late;

        // Two attempts failed before, the third opens the circuit; the notification after it is not sent.
        await NotifyAsync("refused again", "refused");
        await NotifyAsync("circuit open", "refused");

        var first = application.Notifier().NotifyAsync(new Invitation("15551231234", "johnsnow", "busy"));
        await busy.ArrivedAsync();
        await NotifyAsync("too many", "busy");
        DuringRequest = Collect(meters);
        release.SetResult();
        await first;

        source.Change([.. settings, ("MaxRequestsPerSecond", "0.001")]);
        await application.Notifier().NotifyAsync(new Invitation("15551231234", "johnsnow", "busy"));
        await NotifyAsync("too often", "busy");
        source.Change(settings);

        application.GetFakeLogCollector().Clear();
        await DrivenQueue.DropForEachReasonAsync(application);
        QueueLogs = [.. application.GetFakeLogCollector().GetSnapshot()];

        Metrics = Collect(meters);
        tracers.ForceFlush();
        tracers.Dispose();
        foreach (var (network, trace) in ids)
        {
            Activities[network] = [.. _activities.Where(activity => activity.TraceId == trace && activity.Source.Name != nameof(DrivenOutcomes))];
        }

        application.GetFakeLogCollector().Clear();
        source.Change(settings);
        source.Change([.. settings, ("TotalTimeout", "nonsense"), ("UserAgent", "")]);
        source.Change([.. settings, ("TotalTimeout", "nonsense"), ("UserAgent", "")]);
        ReloadLogs = [.. application.GetFakeLogCollector().GetSnapshot()];

        application.GetFakeLogCollector().Clear();
        source.Change([.. settings, ("Networks:posted:InvitationCreatedContentType", "text/nonsense")]);
        source.Change(settings);
        await application.Notifier().NotifyAsync(new Invitation("15551231234", "johnsnow", "DELIVERED"));
        NetworkLogs = [.. application.GetFakeLogCollector().GetSnapshot()];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static InvitationEvent EventOf(string network) =>
        network == "accepted" ? InvitationEvent.Accepted : InvitationEvent.Created;

    private List<MetricSnapshot> Collect(MeterProvider meters)
    {
        _metrics.Clear();
        meters.ForceFlush();
        return [.. _metrics];
    }
}
