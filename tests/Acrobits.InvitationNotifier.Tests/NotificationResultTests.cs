using System.Net;
using System.Text.Json;

namespace Acrobits.InvitationNotifier.Tests;

public class NotificationResultTests
{
    [Theory]
    [InlineData(NotificationOutcome.Delivered, true)]
    [InlineData(NotificationOutcome.Rejected, false)]
    [InlineData(NotificationOutcome.Unreachable, false)]
    [InlineData(NotificationOutcome.Blocked, false)]
    [InlineData(NotificationOutcome.Suspended, false)]
    [InlineData(NotificationOutcome.NotConfigured, false)]
    [InlineData(NotificationOutcome.Unrepresentable, false)]
    public void IsSuccess_Outcome_IsTrueForDeliveredAlone(NotificationOutcome outcome, bool expected) =>
        Assert.Equal(expected, new NotificationResult { Outcome = outcome }.IsSuccess);

    [Theory]
    [InlineData(NotificationOutcome.Delivered, false)]
    [InlineData(NotificationOutcome.Rejected, false)]
    [InlineData(NotificationOutcome.Unreachable, true)]
    [InlineData(NotificationOutcome.Blocked, false)]
    [InlineData(NotificationOutcome.Suspended, true)]
    [InlineData(NotificationOutcome.NotConfigured, false)]
    [InlineData(NotificationOutcome.Unrepresentable, false)]
    public void IsTransient_OutcomeWithoutStatus_SaysWhetherLaterCouldSucceed(NotificationOutcome outcome, bool expected) =>
        Assert.Equal(expected, new NotificationResult { Outcome = outcome }.IsTransient);

    [Fact]
    public void IsTransient_Rejected_IsTrueForTheRetriedStatusesAlone()
    {
        var transient = Enumerable.Range(100, 900).Where(status =>
            new NotificationResult { Outcome = NotificationOutcome.Rejected, StatusCode = (HttpStatusCode)status }.IsTransient);

        Assert.Equal([408, 429, 500, 502, 503, 504, 509, .. Enumerable.Range(512, 88)], transient);
    }

    [Theory]
    [MemberData(nameof(Results))]
    public void Serialize_AnyResult_HasTheOutcomeAsTextAndNoException(NotificationResult result)
    {
        var json = JsonSerializer.Serialize(result);

        using var document = JsonDocument.Parse(json);
        Assert.Equal(result.Outcome.ToString(), document.RootElement.GetProperty("Outcome").GetString());
        Assert.Equal(result.Reason, document.RootElement.GetProperty("Reason").GetString());
        Assert.False(document.RootElement.TryGetProperty("Exception", out _));
        Assert.Equal(result with { Exception = null }, JsonSerializer.Deserialize<NotificationResult>(json));
    }

    public static TheoryData<NotificationResult> Results() =>
    [
        .. Enum.GetValues<NotificationOutcome>().Select(outcome => new NotificationResult
        {
            Outcome = outcome,
            StatusCode = HttpStatusCode.ServiceUnavailable,
            Attempts = 3,
            Duration = TimeSpan.FromSeconds(1.5),
            RetryAfter = TimeSpan.FromDays(30),
            Reason = "Because.",
            Exception = new HttpRequestException(HttpRequestError.ConnectionError, "refused", new TimeoutException()),
        }),
    ];

    [Fact]
    public void Outcome_Values_AreStable() =>
        Assert.Equal(
            ["Delivered=0", "Rejected=1", "Unreachable=2", "Blocked=3", "Suspended=4", "NotConfigured=5", "Unrepresentable=6"],
            Enum.GetValues<NotificationOutcome>().Select(outcome => $"{outcome}={(int)outcome}"));
}
