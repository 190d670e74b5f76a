using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>Answers that come before the answer.</summary>
public sealed class InterimAnswerTests
{
    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\nHTTP/1.1 103 Early Hints\r\nRetry-After: 1\r\n\r\n")]
    public async Task NotifyAsync_InterimAnswers_ArePassedOver(string interim)
    {
        foreach (var reuseConnections in new[] { false, true })
        {
            await using var provider = RawProvider.Answering(interim + Answers.Documented);
            await using var host = FaultAssertions.CreateHost(provider.Authority, reuseConnections: reuseConnections);

            for (var i = 1; i <= 2; i++)
            {
                var result = await host.NotifyAsync(Secrets.Invitation);

                Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
                Assert.Equal(i, provider.Requests.Count);
            }
        }
    }

    [Fact]
    public async Task NotifyAsync_InterimAnswerBeforeRejection_LastStatusCounts()
    {
        await using var provider = RawProvider.Answering("HTTP/1.1 103 Early Hints\r\n\r\n" + Answers.Status(410));
        await using var host = FaultAssertions.CreateHost(provider.Authority);

        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Equal(410, (int?)result.StatusCode);
    }
}
