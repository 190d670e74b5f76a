using System.Diagnostics.Metrics;
using System.Net;
using Acrobits.InvitationNotifier.Tests.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Acrobits.InvitationNotifier.Tests.Telemetry;

public class NotifierMetricsTests
{
    private const string Prefix = "acrobits.invitation_notifier.";

    [Theory]
    [InlineData(204, "delivered", null)]
    [InlineData(404, "rejected", "404")]
    public async Task NotifyAsync_Answered_IsMeasured(int status, string outcome, string? error)
    {
        using var notifier = Notifier((HttpStatusCode)status);
        using var durations = Collect<double>(notifier, "notification.duration");
        using var attempts = Collect<int>(notifier, "notification.attempts");
        using var notifications = Collect<long>(notifier, "notifications");
        using var active = Collect<long>(notifier, "active_requests");

        await notifier.NotifyAsync("mine");

        var duration = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.True(duration.Value >= 0);
        Assert.Equal(outcome, duration.Tags[Prefix + "outcome"]);
        Assert.Equal("created", duration.Tags[Prefix + "event"]);
        Assert.Equal(2, duration.Tags.Count);
        Assert.Equal("s", durations.Instrument!.Unit);
        Assert.Equal(1, Assert.Single(attempts.GetMeasurementSnapshot()).Value);
        var notification = Assert.Single(notifications.GetMeasurementSnapshot());
        Assert.Equal("mine", notification.Tags[Prefix + "network.id"]);
        Assert.Equal(outcome, notification.Tags[Prefix + "outcome"]);
        Assert.Equal(status, notification.Tags["http.response.status_code"]);
        Assert.Equal(error, notification.Tags.GetValueOrDefault("error.type"));
        Assert.Equal([1, -1], active.GetMeasurementSnapshot().Select(measurement => measurement.Value));
    }

    [Fact]
    public async Task NotifyAsync_Measured_AsksForBucketsThatTellAnswersApart()
    {
        using var notifier = Notifier(HttpStatusCode.NoContent);
        using var durations = Collect<double>(notifier, "notification.duration");
        using var attempts = Collect<int>(notifier, "notification.attempts");

        await notifier.NotifyAsync("mine");

        // Without them, collectors put all that takes up to 5 s, or up to 5 attempts, into one bucket.
        Assert.Contains(0.1, ((Histogram<double>)durations.Instrument!).Advice!.HistogramBucketBoundaries!);
        Assert.Contains(1, ((Histogram<int>)attempts.Instrument!).Advice!.HistogramBucketBoundaries!);
    }

    [Fact]
    public async Task NotifyAsync_NetworkWithoutEndpoint_MakesNoSeriesOfItsOwn()
    {
        using var notifier = Notifier(HttpStatusCode.NoContent);
        using var notifications = Collect<long>(notifier, "notifications");

        await notifier.NotifyAsync("made-up");

        var tags = Assert.Single(notifications.GetMeasurementSnapshot()).Tags;
        Assert.Equal("not_configured", tags[Prefix + "outcome"]);
        Assert.Equal([Prefix + "event", Prefix + "outcome"], tags.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task NotifyAsync_MadeUpNetworkAndServiceForAll_MakesNoSeriesOfItsOwn()
    {
        using var notifier = new MockedNotifier(options => options.InvitationCreatedUrl = "https://example.com/");
        using var notifications = Collect<long>(notifier, "notifications");

        await notifier.NotifyAsync("made-up");

        Assert.DoesNotContain(Prefix + "network.id", Assert.Single(notifications.GetMeasurementSnapshot()).Tags.Keys);
    }

    [Fact]
    public async Task NotifyAsync_StatusThatNobodyKnows_MakesNoSeriesOfItsOwn()
    {
        using var notifier = Notifier((HttpStatusCode)799);
        using var notifications = Collect<long>(notifier, "notifications");

        await notifier.NotifyAsync("mine");

        var tags = Assert.Single(notifications.GetMeasurementSnapshot()).Tags;
        Assert.Equal("_OTHER", tags["error.type"]);
        Assert.DoesNotContain("http.response.status_code", tags.Keys);
    }

    [Fact]
    public async Task NotifyAsync_Measured_TellsNothingOfTheInvitation()
    {
        using var notifier = Notifier(HttpStatusCode.NoContent);
        using var notifications = Collect<long>(notifier, "notifications");
        using var durations = Collect<double>(notifier, "notification.duration");

        await notifier.Notifier.NotifyAsync(new Invitation("420555", "johnsnow", "mine"), TestContext.Current.CancellationToken);

        var tags = notifications.LastMeasurement!.Tags.Concat(durations.LastMeasurement!.Tags).Select(tag => $"{tag.Value}");
        Assert.DoesNotContain(tags, value => value.Contains("420555", StringComparison.Ordinal) || value.Contains("johnsnow", StringComparison.Ordinal));
    }

    private static MockedNotifier Notifier(HttpStatusCode status) =>
        new(options => options.Networks["mine"] = new() { InvitationCreatedUrl = "https://example.com/%invitee%?%invitor%" }) { Status = status };

    private static MetricCollector<T> Collect<T>(MockedNotifier notifier, string name)
        where T : struct =>
        new(notifier.Services.GetRequiredService<IMeterFactory>(), "Acrobits.InvitationNotifier", Prefix + name);
}
