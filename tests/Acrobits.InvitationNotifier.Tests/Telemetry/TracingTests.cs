using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Acrobits.InvitationNotifier.Tests.Configuration;

namespace Acrobits.InvitationNotifier.Tests.Telemetry;

public class TracingTests
{
    // Other tests may run meanwhile: the network tells whose activity it is.
    private const string Network = "tracing-tests";

    [Fact]
    public async Task NotifyAsync_Retried_HasOneActivityAndOneForEachRequest()
    {
        var (notification, requests) = await TraceAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Equal("notify invitation created", notification.OperationName);
        Assert.Equal("rejected", notification.GetTagItem("acrobits.invitation_notifier.outcome"));
        Assert.Equal(2, notification.GetTagItem("acrobits.invitation_notifier.attempts"));
        Assert.Equal(ActivityStatusCode.Error, notification.Status);
        Assert.Equal([null, 1], requests.Select(request => request.GetTagItem("http.request.resend_count")));
        Assert.All(requests, request =>
        {
            Assert.Equal(ActivityKind.Client, request.Kind);
            Assert.Equal("GET", request.OperationName);
            Assert.Equal("example.com", request.GetTagItem("server.address"));
            Assert.Equal(8443, request.GetTagItem("server.port"));
            Assert.Equal(503, request.GetTagItem("http.response.status_code"));
            Assert.Equal("503", request.GetTagItem("error.type"));
        });
    }

    [Fact]
    public async Task NotifyAsync_Delivered_HasActivitiesWithoutErrorThatTellNothingOfTheInvitation()
    {
        var (notification, requests) = await TraceAsync(HttpStatusCode.NoContent);

        var request = Assert.Single(requests);
        Assert.All([notification, request], activity =>
        {
            Assert.Equal(ActivityStatusCode.Unset, activity.Status);
            var told = activity.DisplayName + string.Concat(activity.TagObjects.Select(tag => tag.Value));
            Assert.DoesNotContain("420555", told, StringComparison.Ordinal);
            Assert.DoesNotContain("johnsnow", told, StringComparison.Ordinal);
        });
    }

    private static async Task<(Activity Notification, Activity[] Requests)> TraceAsync(HttpStatusCode status)
    {
        var stopped = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Acrobits.InvitationNotifier",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var notifier = new MockedNotifier(options =>
        {
            options.InvitationCreatedUrl = "https://example.com:8443/%invitee%?%invitor%";
            options.Retry = new RetryOptions { MaxRetryAttempts = 1, Delay = TimeSpan.Zero };
        })
        { Status = status };

        await notifier.Notifier.NotifyAsync(new Invitation("420555", "johnsnow", Network), TestContext.Current.CancellationToken);

        var notification = stopped.Single(activity => Network.Equals(activity.GetTagItem("acrobits.invitation_notifier.network.id")));
        return (notification, [.. stopped.Where(activity => activity.ParentSpanId == notification.SpanId)]);
    }
}
