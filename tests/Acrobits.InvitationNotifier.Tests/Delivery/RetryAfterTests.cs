using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>What a provider asks for in Retry-After.</summary>
public sealed class RetryAfterTests
{
    [Theory]
    [InlineData("5", 5)]
    [InlineData("10", 10)]
    [InlineData(" 007 ", 7)]
    [InlineData("1", 1)]
    [InlineData("0", 1)]
    public async Task NotifyAsync_Seconds_LengthenTheDelayAndNeverShortenIt(string retryAfter, double expected)
    {
        var (result, time) = await DeliverAfterAsync(retryAfter);

        Assert.Equal([expected], time.Delays);
        Assert.Equal((NotificationOutcome.Delivered, 2), (result.Outcome, result.Attempts));
        Assert.Null(result.RetryAfter);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(0, 1)]
    [InlineData(-3600, 1)]
    public async Task NotifyAsync_Date_LengthensTheDelayAndNeverShortensIt(int secondsFromNow, double expected)
    {
        var now = new SkippingTime().GetUtcNow();

        var (result, time) = await DeliverAfterAsync(now.AddSeconds(secondsFromNow).ToString("R", CultureInfo.InvariantCulture));

        Assert.Equal([expected], time.Delays);
        Assert.Equal((NotificationOutcome.Delivered, 2), (result.Outcome, result.Attempts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("1.5")]
    [InlineData("5s")]
    [InlineData("soon")]
    [InlineData("5, 6")]
    [InlineData("Sat, 99 Foo 2000 00:00:00 GMT")]
    [InlineData("٥")]
    public async Task NotifyAsync_NeitherSecondsNorDate_LeavesTheDelay(string retryAfter)
    {
        var (result, time) = await DeliverAfterAsync(retryAfter);

        Assert.Equal([1], time.Delays);
        Assert.Equal((NotificationOutcome.Delivered, 2), (result.Outcome, result.Attempts));
    }

    [Theory]
    [InlineData("11", 11)]
    [InlineData("3600", 3600)]
    [InlineData("2592000", 30 * 24 * 3600)]
    public async Task NotifyAsync_BeyondMaxDelay_GivesUpAtOnceAndReports(string retryAfter, int seconds)
    {
        var (result, time) = await DeliverAfterAsync(retryAfter);

        AssertGivenUp(result, time);
        Assert.Equal(TimeSpan.FromSeconds(seconds), result.RetryAfter);
    }

    [Theory]
    [InlineData("2592001")]
    [InlineData("1795693013")]
    [InlineData("2147483648")]
    [InlineData("99999999999999")]
    [InlineData("99999999999999999999999999999999999999999999999999999999999999999999999999999999999999")]
    public async Task NotifyAsync_AbsurdSeconds_GivesUpAtOnceAndReports(string retryAfter)
    {
        var (result, time) = await DeliverAfterAsync(retryAfter);

        AssertGivenUp(result, time);
        Assert.Equal(TimeSpan.FromDays(30), result.RetryAfter);
    }

    [Fact]
    public async Task NotifyAsync_DateBeyondMaxDelay_GivesUpAtOnceAndReports()
    {
        var (result, time) = await DeliverAfterAsync("Fri, 31 Dec 9999 23:59:59 GMT");

        AssertGivenUp(result, time);
        Assert.Equal(TimeSpan.FromDays(30), result.RetryAfter);
    }

    [Fact]
    public async Task NotifyAsync_BeyondTheTimeLeft_GivesUpAtOnceAndReports()
    {
        var (result, time) = await DeliverAfterAsync("30", options => options.Retry.MaxDelay = TimeSpan.FromHours(1));

        AssertGivenUp(result, time);
        Assert.Equal(TimeSpan.FromSeconds(30), result.RetryAfter);
    }

    [Fact]
    public async Task NotifyAsync_JustWithinTheTimeLeft_IsWaitedFor()
    {
        var (result, time) = await DeliverAfterAsync("29", options => options.Retry.MaxDelay = TimeSpan.FromHours(1));

        Assert.Equal([29], time.Delays);
        Assert.Equal((NotificationOutcome.Delivered, 2), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task NotifyAsync_LastAttemptIsAskedToWait_Reports()
    {
        var (result, _) = await DeliverAfterAsync("7", options => options.Retry.MaxRetryAttempts = 0);

        Assert.Equal((NotificationOutcome.Rejected, 1), (result.Outcome, result.Attempts));
        Assert.Equal(TimeSpan.FromSeconds(7), result.RetryAfter);
    }

    [Fact]
    public async Task NotifyAsync_LastAttemptNamesADateInThePast_ReportsNoWait()
    {
        var (result, _) = await DeliverAfterAsync("Fri, 31 Dec 1999 23:59:59 GMT", options => options.Retry.MaxRetryAttempts = 0);

        Assert.Equal(TimeSpan.Zero, result.RetryAfter);
    }

    [Fact]
    public async Task NotifyAsync_FinalStatus_RetryAfterMeansNothing()
    {
        var (result, time) = await DeliverAfterAsync("7", status: HttpStatusCode.NotFound);

        Assert.Equal((NotificationOutcome.Rejected, 1), (result.Outcome, result.Attempts));
        Assert.Null(result.RetryAfter);
        Assert.Empty(time.Delays);
    }

    [Fact]
    public async Task NotifyAsync_Jitter_DoesNotShortenRetryAfter()
    {
        var (result, time) = await DeliverAfterAsync("5", options => options.Retry.UseJitter = true);

        Assert.Equal([5], time.Delays);
        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
    }

    private static void AssertGivenUp(NotificationResult result, SkippingTime time)
    {
        Assert.Equal((NotificationOutcome.Rejected, 1), (result.Outcome, result.Attempts));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, result.StatusCode);
        Assert.True(result.IsTransient);
        Assert.Equal(TimeSpan.Zero, result.Duration);
        Assert.Empty(time.Delays);
    }

    // One answer that asks to wait, and then a 204.
    private static async Task<(NotificationResult Result, SkippingTime Time)> DeliverAfterAsync(
        string retryAfter,
        Action<InvitationNotifierOptions>? configure = null,
        HttpStatusCode status = HttpStatusCode.ServiceUnavailable)
    {
        var time = new SkippingTime();
        var provider = new MockProvider(
            time, MockProvider.Respond(status, ("Retry-After", retryAfter)), MockProvider.Respond(HttpStatusCode.NoContent));
        await using var host = NotifierHost.Create(
            options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                configure?.Invoke(options);
            },
            provider.Handler,
            time);

        return (await host.NotifyAsync(), time);
    }
}
