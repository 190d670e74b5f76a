using System.Diagnostics;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>What OpenTelemetry's SDK and the log tell of an invitation in the queue is one story, from its caller to each request.</summary>
[Collection(typeof(Alone))]
public sealed class QueueTraceTests : IDisposable
{
    private readonly List<Activity> _exported = [];
    private readonly ActivitySource _callers = new(nameof(QueueTraceTests));
    private readonly TracerProvider _tracers;

    public QueueTraceTests() => _tracers = Sdk.CreateTracerProviderBuilder()
        .AddSource("Acrobits.InvitationNotifier", nameof(QueueTraceTests)).AddInMemoryExporter(_exported)
        .Build();

    [Fact]
    public async Task EnqueueAsync_DeliveredAgain_TraceLeadsFromTheCallerToEachRequest()
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(503), Replies.NoContent));
        var (all, caller, logs) = await DeliverAsync(provider, new RedeliverySchedule(TimeSpan.Zero));

        var send = Assert.Single(all, activity => activity.DisplayName == "send invitations");
        Assert.Equal((caller.SpanId, ActivityKind.Producer), (send.ParentSpanId, send.Kind));
        var processes = all.Where(activity => activity.DisplayName == "process invitations").OrderBy(Delivery).ToArray();
        Assert.Equal([1, 2], processes.Select(Delivery));
        Assert.Equal(["deferred", "completed"], processes.Select(process => process.GetTagItem("acrobits.invitation_notifier.progress")));
        Assert.All(processes, process =>
        {
            Assert.Equal((send.SpanId, ActivityKind.Consumer), (process.ParentSpanId, process.Kind));
            Assert.Equal(send.SpanId, Assert.Single(process.Links).Context.SpanId);
            Assert.Equal(caller.TraceId, process.TraceId);
            Assert.Equal(caller.TraceStateString, process.TraceStateString);
            Assert.Empty(process.Baggage);
            var notification = Assert.Single(all, activity => activity.ParentSpanId == process.SpanId);
            Assert.Equal("notify invitation created", notification.DisplayName);
            Assert.Equal(ActivityKind.Client, Assert.Single(all, activity => activity.ParentSpanId == notification.SpanId).Kind);
        });
        Assert.All(processes.Append(send), activity => Assert.Equal("order-4711", activity.GetTagItem("messaging.message.id")));
        Assert.DoesNotContain(provider.Requests, request => request.Contains("traceparent", StringComparison.OrdinalIgnoreCase));

        // The log tells the same.
        Assert.Equal([2, 34, 1], logs.Select(record => record.Id.Id).Where(id => id != 22));
        Assert.All(logs.Where(record => record.Id.Id != 22), record => Assert.Equal("order-4711", record.GetStructuredStateValue("InvitationId")));
        Assert.Contains("delivery 1 failed and is deferred; the next one follows in 00:00:00, at ", logs.Single(record => record.Id.Id == 34).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnqueueAsync_Activities_HaveTheNamesKindsAndTagsOfThePage()
    {
        await using var provider = new Provider(Replies.NoContent);
        var (all, _, _) = await DeliverAsync(provider, RedeliverySchedule.Default);

        Assert.Equal(OperationsPage.SendActivity.Order(), NameAndTags(all, ActivityKind.Producer));
        Assert.Equal(OperationsPage.ProcessActivity.Order(), NameAndTags(all, ActivityKind.Consumer));
    }

    [Fact]
    public async Task EnqueueAsync_NotAccepted_ActivitySaysSo()
    {
        using var application = Application.Create("http://127.0.0.1/");
        var queue = application.GetServices<IHostedService>().Single(service => service is IInvitationQueue);
        await queue.StopAsync(CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => application.GetRequiredService<IInvitationQueue>().EnqueueAsync(Application.Invitation).AsTask());

        _tracers.ForceFlush();
        var send = Assert.Single(_exported, activity => activity.DisplayName == "send invitations");
        Assert.Equal((ActivityStatusCode.Error, "InvalidOperationException"), (send.Status, send.GetTagItem("error.type")));
    }

    public void Dispose()
    {
        _tracers.Dispose();
        _callers.Dispose();
    }

    private async Task<(Activity[] All, Activity Caller, FakeLogRecord[] Logs)> DeliverAsync(Provider provider, RedeliverySchedule schedule)
    {
        using var application = Application.Create(provider.Url, (services, _) => services
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging())
            .AddInvitationQueue(options => options.Redelivery = schedule));
        var host = application.GetServices<IHostedService>().Single(service => service is IInvitationQueue);
        await host.StartAsync(CancellationToken.None);
        using var caller = _callers.StartActivity("invite")!;
        caller.TraceStateString = "vendor=1";
        caller.AddBaggage("user", "johnsnow");
        await application.GetRequiredService<IInvitationQueue>().EnqueueAsync(Application.Invitation with { Id = "order-4711" });
        await Eventually.BecomesAsync(
            () => application.GetFakeLogCollector().GetSnapshot().Any(record => record.Id.Id == 1), "delivered");
        await host.StopAsync(CancellationToken.None);
        _tracers.ForceFlush();
        return (
            [.. _exported.Where(activity => activity.TraceId == caller.TraceId)],
            caller,
            [.. application.GetFakeLogCollector().GetSnapshot().Where(record => record.Id.Id is > 0 and < 60)]);
    }

    private static int Delivery(Activity process) => (int)process.GetTagItem("acrobits.invitation_notifier.delivery")!;

    private static IEnumerable<string> NameAndTags(IEnumerable<Activity> activities, ActivityKind kind) => activities
        .Where(activity => activity.Kind == kind)
        .SelectMany(activity => activity.TagObjects.Select(tag => tag.Key).Append(activity.DisplayName)).Distinct().Order();
}
