using System.Net;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Tests.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Acrobits.InvitationNotifier.Tests.Telemetry;

public class LogMessagesTests
{
    private static readonly Destination Destination = new("https", "example.com", 8443);

    [Theory]
    [InlineData(NotificationOutcome.Delivered, 1, LogLevel.Debug, "Network net, accepted invitation 7f3c: delivered to https://example.com:8443 in 2 attempt(s) and 1500 ms.")]
    [InlineData(NotificationOutcome.Rejected, 2, LogLevel.Information, "Network net, accepted invitation 7f3c: https://example.com:8443 answered 404 instead of 204 after 2 attempt(s).")]
    [InlineData(NotificationOutcome.Unreachable, 3, LogLevel.Warning, "Network net, accepted invitation 7f3c: no usable answer from https://example.com:8443 after 2 attempt(s): timeout. Because.")]
    [InlineData(NotificationOutcome.Blocked, 4, LogLevel.Warning, "Network net, accepted invitation 7f3c: nothing was sent to https://example.com:8443; its address is in 127.0.0.0/8 (loopback, RFC 1122), which the egress policy does not allow. Correct the URL, or add the range to Egress:AllowedRanges.")]
    [InlineData(NotificationOutcome.Suspended, 5, LogLevel.Warning, "Network net, accepted invitation 7f3c: nothing was sent to https://example.com:8443: timeout. Because.")]
    [InlineData(NotificationOutcome.NotConfigured, 6, LogLevel.Debug, "Network net, accepted invitation 7f3c: the network has no web service for this event.")]
    [InlineData(NotificationOutcome.Unrepresentable, 7, LogLevel.Warning, "Network net, accepted invitation 7f3c: nothing was sent to https://example.com:8443; a value cannot be represented at its place in the template.")]
    public void NotificationEnded_Outcome_HasItsEventLevelAndText(NotificationOutcome outcome, int id, LogLevel level, string message)
    {
        var logger = new FakeLogger();

        logger.NotificationEnded(Result(outcome), Invitation("net"), Destination);

        Assert.Equal(id, logger.LatestRecord.Id.Id);
        Assert.Equal(level, logger.LatestRecord.Level);
        Assert.Equal(message, logger.LatestRecord.Message);
        Assert.Null(logger.LatestRecord.Exception);
    }

    [Fact]
    public void NotificationEnded_NameNotResolved_SaysSo()
    {
        var logger = new FakeLogger();
        var failure = Failure.Of(new HttpRequestException(HttpRequestError.NameResolutionError, "s3cr3t"));

        logger.NotificationEnded(
            new() { Outcome = NotificationOutcome.Unreachable, Exception = failure.Exception, ErrorType = failure.ErrorType }, Invitation("net"), Destination);

        Assert.Equal("name_resolution_error", logger.LatestRecord.GetStructuredStateValue("Error"));
    }

    [Fact]
    public void NotificationEnded_NetworkWithControlCharacters_CannotForgeLines()
    {
        foreach (var outcome in Enum.GetValues<NotificationOutcome>())
        {
            var logger = new FakeLogger();

            logger.NotificationEnded(Result(outcome), Invitation("a\r\nfail: \0\u001B[2J\u007F\u0085\u009Fb"), Destination);

            Assert.DoesNotContain(logger.LatestRecord.Message, char.IsControl);
            Assert.StartsWith("Network a\uFFFD\uFFFDfail: \uFFFD\uFFFD[2J\uFFFD\uFFFD\uFFFDb, accepted invitation 7f3c: ", logger.LatestRecord.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http", 80, "http://example.com")]
    [InlineData("https", 443, "https://example.com")]
    [InlineData("http", 443, "http://example.com:443")]
    [InlineData("https", 80, "https://example.com:80")]
    public void NotificationEnded_Destination_HasItsPortUnlessItIsTheDefault(string scheme, int port, string expected)
    {
        var logger = new FakeLogger();

        logger.NotificationEnded(Result(NotificationOutcome.Delivered), Invitation("net"), new Destination(scheme, "example.com", port));

        Assert.Equal(expected, logger.LatestRecord.GetStructuredStateValue("Destination"));
    }

    [Fact]
    public void NotificationEnded_State_NamesNetworkAndDestination()
    {
        var logger = new FakeLogger();

        logger.NotificationEnded(Result(NotificationOutcome.Rejected), Invitation("net"), Destination);

        Assert.Equal("net", logger.LatestRecord.GetStructuredStateValue("NetworkId"));
        Assert.Equal("accepted", logger.LatestRecord.GetStructuredStateValue("Event"));
        Assert.Equal("7f3c", logger.LatestRecord.GetStructuredStateValue("InvitationId"));
        Assert.Equal("https://example.com:8443", logger.LatestRecord.GetStructuredStateValue("Destination"));
        Assert.Equal("404", logger.LatestRecord.GetStructuredStateValue("StatusCode"));
        Assert.Equal("2", logger.LatestRecord.GetStructuredStateValue("Attempts"));
    }

    [Fact]
    public async Task LookAlike_Configured_IsLoggedOnceForEachTemplate()
    {
        using var notifier = new MockedNotifier(options =>
        {
            options.InvitationCreatedUrl = "https://example.com/?a=%inviter%&b=%invitee%%network_id%";
            options.Networks["mine"] = new() { InvitationCreatedUrl = "https://example.com/%INVITEE%", InvitationCreatedPostData = "%networkid%=%invitor%" };
        });

        await notifier.NotifyAsync();
        await notifier.NotifyAsync("mine");
        await notifier.NotifyAsync("mine");

        const string Advice = "looks like a placeholder but is not one, so it is sent as written. The nearest placeholder is";
        Assert.Equal(
            [
                $"Network (default): InvitationCreatedUrl, character 24: {Advice} %invitor%.",
                $"Network mine: InvitationCreatedPostData, character 1: {Advice} %network_id%.",
                $"Network mine: InvitationCreatedUrl, character 21: {Advice} %invitee%.",
            ],
            notifier.Logged(22).Select(record => record.Message).Order(StringComparer.Ordinal));
        Assert.All(notifier.Logged(22), record => Assert.Equal(LogLevel.Warning, record.Level));
    }

    [Theory]
    [InlineData(204, "420555", 1)]
    [InlineData(404, "420555", 2)]
    [InlineData(204, "420555\0", 7)]
    public async Task NotifyAsync_Ended_LogsNothingOfInvitationOrTemplate(int status, string invitee, int id)
    {
        using var notifier = new MockedNotifier(options =>
        {
            options.InvitationCreatedUrl = "https://user:s3cr3t@example.com/s3cr3t?%invitee%";
            options.InvitationCreatedPostData = "<r s='s3cr3t'>%invitee%%invitor%</r>";
            options.InvitationCreatedContentType = "application/xml";
            options.Headers["X-Key"] = "s3cr3t";
        })
        { Status = (HttpStatusCode)status };

        await notifier.Notifier.NotifyAsync(new Invitation(invitee, "johnsnow", "net"), TestContext.Current.CancellationToken);

        var record = Assert.Single(notifier.AllLogged, record => record.Id.Id != 22);
        Assert.Equal(id, record.Id.Id);
        var logged = record.Message + string.Concat(record.StructuredState!.Select(pair => pair.Value));
        Assert.Contains("https://example.com", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("420555", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("johnsnow", logged, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationInvalid_NetworkWithControlCharacters_CannotForgeLines()
    {
        var configuration = Settings.From();
        using var notifier = new MockedNotifier(configuration);
        await notifier.NotifyAsync();

        configuration["Networks:a\nfail: forged:InvitationCreatedUrl"] = "nonsense";
        configuration["Networks:b\r\nfail: forged:Typo"] = "1";
        configuration.Reload();

        var lines = Assert.Single(notifier.Logged(21)).Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.DoesNotContain(lines, line => line.StartsWith("fail:", StringComparison.Ordinal));
    }

    private static Invitation Invitation(string networkId) =>
        new("420555", "johnsnow", networkId) { Id = "7f3c", Event = InvitationEvent.Accepted };

    private static NotificationResult Result(NotificationOutcome outcome) => new()
    {
        Outcome = outcome,
        StatusCode = outcome == NotificationOutcome.Rejected ? HttpStatusCode.NotFound : null,
        Attempts = 2,
        Duration = TimeSpan.FromSeconds(1.5),
        Reason = "Because.",
        ErrorType = "timeout",
        Exception = outcome == NotificationOutcome.Blocked
            ? new EgressBlockedException(IPAddress.Loopback, SpecialAddresses.Classify(IPAddress.Loopback)!)
            : new TimeoutException("s3cr3t"),
    };
}
