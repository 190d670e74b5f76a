using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Support;

/// <summary>An invitation that OpenTelemetry's SDK follows from its caller to the requests of its deliveries.</summary>
internal sealed class TracedDelivery : IDisposable
{
    private readonly List<Activity> _exported = [];
    private readonly ActivitySource _callers = new(nameof(TracedDelivery));
    private readonly TracerProvider _tracers;
    private Activity? _caller;
    private Invitation? _invitation;

    public TracedDelivery() => _tracers = Sdk.CreateTracerProviderBuilder()
        .AddSource("Acrobits.InvitationNotifier", nameof(TracedDelivery)).AddInMemoryExporter(_exported)
        .Build();

    public async Task EnqueueAsync(Func<Invitation, Task> enqueue, Invitation invitation)
    {
        using var caller = _caller = _callers.StartActivity("invite")!;
        caller.TraceStateString = "vendor=1";
        caller.AddBaggage("user", "ygritte");
        _invitation = invitation;
        await enqueue(invitation with { Id = "order-4711" });
    }

    /// <summary>Checks the trace of an invitation that was delivered a number of times, the last one with success.</summary>
    public void AssertLeadsToEachRequest(int deliveries)
    {
        _tracers.ForceFlush();
        var all = _exported.Where(activity => activity.TraceId == _caller!.TraceId).ToArray();
        var send = Assert.Single(all, activity => activity.DisplayName == "send invitations");
        Assert.Equal((_caller!.SpanId, ActivityKind.Producer), (send.ParentSpanId, send.Kind));
        var processes = all.Where(activity => activity.DisplayName == "process invitations").OrderBy(activity => activity.StartTimeUtc).ToArray();
        Assert.Equal(
            Enumerable.Range(1, deliveries).Select(delivery => (delivery, delivery < deliveries ? "deferred" : "completed")),
            processes.Select(process => (
                (int)process.GetTagItem("acrobits.invitation_notifier.delivery")!,
                (string)process.GetTagItem("acrobits.invitation_notifier.progress")!)));
        Assert.All(processes, process =>
        {
            Assert.Equal((send.SpanId, ActivityKind.Consumer), (process.ParentSpanId, process.Kind));
            Assert.Equal(send.SpanId, Assert.Single(process.Links).Context.SpanId);
            Assert.Equal("vendor=1", process.TraceStateString);
            Assert.Empty(process.Baggage);
            var notification = Assert.Single(all, activity => activity.ParentSpanId == process.SpanId);
            Assert.Equal("notify invitation created", notification.DisplayName);
            Assert.Equal(ActivityKind.Client, Assert.Single(all, activity => activity.ParentSpanId == notification.SpanId).Kind);
        });
        Assert.All(all, activity =>
        {
            var seen = string.Join(' ', activity.TagObjects.Select(tag => tag.Value).Append(activity.DisplayName));
            Assert.DoesNotContain(_invitation!.Invitee, seen, StringComparison.Ordinal);
            Assert.DoesNotContain(_invitation.Invitor, seen, StringComparison.Ordinal);
        });
        Assert.All(processes.Append(send), activity =>
        {
            Assert.Equal("order-4711", activity.GetTagItem("messaging.message.id"));
            Assert.Equal("rebus", activity.GetTagItem("messaging.system"));
        });
    }

    public void Dispose()
    {
        _tracers.Dispose();
        _callers.Dispose();
    }
}
