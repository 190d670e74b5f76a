using System.Diagnostics;
using System.Net;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Templates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RichardSzalay.MockHttp;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>What telemetry costs where nobody listens: nothing.</summary>
[Collection(typeof(Alone))]
public sealed class NobodyListensTests
{
    [Fact]
    public async Task NotifyAsync_NobodyListens_CreatesNoActivity()
    {
        var seen = new List<Activity?>();
        using var application = ThatAnswers(() => seen.Add(Activity.Current));

        Activity.Current = null;
        await application.NotifyAsync();

        Assert.Null(Assert.Single(seen));
    }

    [Fact]
    public async Task NotifyAsync_SomebodyListens_CreatesTheRequestsActivity()
    {
        var seen = new List<Activity?>();
        using var application = ThatAnswers(() => seen.Add(Activity.Current));
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Acrobits.InvitationNotifier",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);

        await application.NotifyAsync();

        Assert.Equal("GET", Assert.Single(seen)?.DisplayName);
    }

    [Fact]
    public void Instruments_NobodyListens_AreAllDisabled()
    {
        using var application = ThatAnswers(() => { });
        var instruments = application.Instruments();

        Assert.Equal(OperationsPage.Instruments.Count, instruments.Count);
        Assert.All(instruments, instrument => Assert.False(instrument.Enabled));
    }

    [Fact]
    public void Telemetry_NobodyListens_AllocatesNothing()
    {
        using var application = ThatAnswers(() => { });
        var metrics = application.GetRequiredService<NotifierMetrics>();
        var destination = new Destination("https", "example.com", 443);
        var result = new NotificationResult
        {
            Outcome = NotificationOutcome.Rejected,
            StatusCode = HttpStatusCode.NotFound,
            Attempts = 1,
            Duration = TimeSpan.FromSeconds(1),
        };

        var invitation = new Invitation("15551231234", "johnsnow", "mynetwork");

        // One round warms up; then the least of several counts, for the runtime may allocate something of its own.
        var least = Enumerable.Range(0, 6).Select(_ => AllocatedBy(1_000, () =>
        {
            using var activity = Tracing.StartNotification(invitation);
            using var request = Tracing.StartRequest(HttpMethod.Get, destination, resendCount: 1);
            metrics.RequestStarted();
            metrics.RequestEnded();
            metrics.NotificationEnded(invitation, hasOwnEndpoint: true, result);
            NullLogger.Instance.NotificationEnded(result, invitation, destination);
        })).Skip(1).Min();

        Assert.Equal(0, least);
    }

    private static long AllocatedBy(int times, Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < times; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ServiceProvider ThatAnswers(Action onRequest) => Application.Create("https://example.com/", (_, builder) =>
    {
        var mock = new MockHttpMessageHandler();
        mock.When("*").Respond(_ =>
        {
            onRequest();
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        });
        builder.ConfigurePrimaryHttpMessageHandler(() => mock);
    });
}
