using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>A 204 has no body, whatever it says and whatever follows it.</summary>
public sealed class NoContentTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_DocumentedAnswer_IsDeliveredWithoutWaitingForItsBody(bool reuseConnections)
    {
        await AssertDeliveredAsync(Answers.Documented, reuseConnections);
    }

    [Theory]
    [InlineData("stray", false)]
    [InlineData("stray", true)]
    [InlineData("HTTP/1.1 500 Not This One\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 500 Not This One\r\nContent-Length: 0\r\n\r\n", true)]
    public async Task NotifyAsync_StrayBytesAfterAnswer_DisturbNothing(string stray, bool reuseConnections)
    {
        await AssertDeliveredAsync(Answers.NoContent + stray, reuseConnections);
        await AssertDeliveredAsync(Answers.Documented + stray, reuseConnections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_StrayBytesAfterAWhile_DisturbNothing(bool reuseConnections)
    {
        var late = new TaskCompletionSource();
        var sent = new TaskCompletionSource();
        await using var provider = RawProvider.Playing(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync(Answers.Documented);
            if (connection.Number == 1)
            {
                await late.Task.WaitAsync(connection.Stop);
                await connection.SendUntilHangUpAsync("stray", limit: 5);
                sent.SetResult();
            }

            await connection.UntilHangUpAsync();
        });
        await using var host = Create(provider, reuseConnections);

        var first = await host.NotifyAsync();
        late.SetResult();
        await sent.Task.WaitAsync(Eventually.Limit);
        var second = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (first.Outcome, first.Attempts));
        Assert.Equal((NotificationOutcome.Delivered, 1), (second.Outcome, second.Attempts));
        Assert.Equal(2, provider.Requests.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\nContent-Type: ;;;\r\n\r\n")]
    [InlineData("HTTP/1.1 204\r\n\r\n")]
    [InlineData("HTTP/1.1 204 \r\n\r\n")]
    [InlineData("HTTP/1.1 204 V pořádku\r\nX: ř\r\n\r\n")]
    [InlineData("HTTP/1.1 204 OK\n\n")]
    [InlineData("HTTP/1.0 204 No Content\r\n\r\n")]
    public async Task NotifyAsync_OddNoContent_IsDelivered(string answer)
    {
        await AssertDeliveredAsync(answer, reuseConnections: false);
        await AssertDeliveredAsync(answer, reuseConnections: true);
    }

    private static async Task AssertDeliveredAsync(string answer, bool reuseConnections)
    {
        await using var provider = RawProvider.Answering(answer);
        await using var host = Create(provider, reuseConnections);

        for (var i = 0; i < 3; i++)
        {
            var result = await host.NotifyAsync();

            Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
        }

        Assert.Equal(3, provider.Requests.Count);
    }

    private static NotifierHost Create(RawProvider provider, bool reuseConnections) => NotifierHost.Create(options =>
    {
        options.InvitationCreatedUrl = provider.Url("/?a=%invitee%");
        options.ReuseConnections = reuseConnections;
    });
}
