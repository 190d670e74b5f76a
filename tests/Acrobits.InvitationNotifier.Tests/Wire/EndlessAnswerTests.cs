using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>Providers that never stop sending: the client hangs up on them, long before it has read much.</summary>
public sealed class EndlessAnswerTests
{
    // Far more than the client may read; what the sockets of both sides hold on the way is a small part of it.
    private const int Limit = 64 * 1024 * 1024;

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n", "X-Header: 0123456789012345678901234567890123456789\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nX-Header: ", "01234567890123456789012345678901234567890123456789")]
    [InlineData("HTTP/1.1 204 No Content\r\nX: 1\r\n", " folded folded folded folded folded folded folded\r\n")]
    [InlineData("HTTP/1.1 204 ", "No Content No Content No Content No Content No Content ")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n", "Link: </style.css>; rel=preload; as=style; x=0123456789\r\n")]
    public async Task NotifyAsync_EndlessHeader_IsCutOffAndUnreachable(string beginning, string rest)
    {
        await using var endless = new EndlessProvider(beginning, rest);
        await using var host = FaultAssertions.CreateHost(endless.Provider.Authority);

        var result = await host.NotifyAsync(Secrets.Invitation);

        FaultAssertions.AssertUnreachable(result, attempts: 2);
        Secrets.AssertKept(host, result);
        await endless.AssertHungUpAsync(times: 2);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "0123456789", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "0123456789", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n", "0123456789", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n", "0123456789", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "A\r\n0123456789\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "A\r\n0123456789\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Trailer: 0123456789\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "extension=0123456789;", true)]
    public async Task NotifyAsync_EndlessBody_IsNotReadAndHungUpOn(string head, string rest, bool reuseConnections)
    {
        await using var endless = new EndlessProvider(head, rest);
        await using var host = FaultAssertions.CreateHost(endless.Provider.Authority, reuseConnections: reuseConnections);

        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Equal(200, (int?)result.StatusCode);
        Assert.Equal(1, result.Attempts);
        Assert.Null(result.Exception);
        await endless.AssertHungUpAsync(times: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_EndlessBytesAfterNoContent_IsDeliveredAndHungUpOn(bool reuseConnections)
    {
        await using var endless = new EndlessProvider(Answers.NoContent, "0123456789");
        await using var host = FaultAssertions.CreateHost(endless.Provider.Authority, reuseConnections: reuseConnections);

        var first = await host.NotifyAsync(Secrets.Invitation);
        var second = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal((NotificationOutcome.Delivered, 1), (first.Outcome, first.Attempts));
        Assert.Equal((NotificationOutcome.Delivered, 1), (second.Outcome, second.Attempts));
        Assert.Equal(2, endless.Provider.Requests.Count);
        await endless.AssertHungUpAsync(times: 2);
    }

    private sealed class EndlessProvider : IAsyncDisposable
    {
        private int _hungUp;
        private int _exhausted;

        public EndlessProvider(string beginning, string rest)
        {
            var much = string.Concat(Enumerable.Repeat(rest, 64 * 1024 / rest.Length));
            Provider = RawProvider.Playing(async connection =>
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync(beginning + much);
                var hungUp = await connection.SendUntilHangUpAsync(much, Limit);
                Interlocked.Increment(ref hungUp ? ref _hungUp : ref _exhausted);
            });
        }

        public RawProvider Provider { get; }

        public async Task AssertHungUpAsync(int times)
        {
            await Provider.UntilAllHungUpAsync();
            Assert.Equal((times, 0), (_hungUp, _exhausted));
        }

        public ValueTask DisposeAsync() => Provider.DisposeAsync();
    }
}
