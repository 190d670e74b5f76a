using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>A connection for each request, as documented, or connections that are kept.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task NotifyAsync_NoReuse_EachRequestHasItsConnectionAndClosesIt()
    {
        await using var provider = RawProvider.Answering(Answers.Documented);
        await using var host = Create(provider, reuseConnections: false);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
        }

        Assert.Equal(5, provider.Connections);
        await provider.UntilAllHungUpAsync();
    }

    [Fact]
    public async Task NotifyAsync_Reuse_SaysNothingOfConnectionsAndUsesOne()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = Create(provider, reuseConnections: true);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
        }

        Assert.Equal(1, provider.Connections);
        Assert.Equal(5, provider.Requests.Count);
        Assert.All(provider.Requests, request => Assert.Equal(
            Answers.Lines(
                "GET /?a=15551231234 HTTP/1.1", $"Host: {provider.Authority}", "Cache-Control: max-age=0", "User-Agent: Sync Server 1.1"),
            request));
    }

    [Fact]
    public async Task NotifyAsync_ReuseAndShortBody_UsesTheSameConnection()
    {
        await using var provider = RawProvider.Answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Answers.NoContent);
        await using var host = Create(provider, reuseConnections: true);

        var first = await host.NotifyAsync();
        var second = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Rejected, first.Outcome);
        Assert.Equal(NotificationOutcome.Delivered, second.Outcome);
        Assert.Equal(1, provider.Connections);
    }

    [Fact]
    public async Task NotifyAsync_ReuseAndProviderSaysClose_UsesAnotherConnection()
    {
        await using var provider = RawProvider.Answering(
            Answers.Lines("HTTP/1.1 204 No Content", "Connection: close"), Answers.NoContent);
        await using var host = Create(provider, reuseConnections: true);

        await host.NotifyAsync();
        var second = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, second.Outcome);
        Assert.Equal(1, second.Attempts);
        Assert.Equal(2, provider.Connections);
    }

    [Fact]
    public async Task NotifyAsync_ReuseAndProviderClosedIdleConnection_IsDeliveredInOneAttempt()
    {
        await using var provider = RawProvider.Playing(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync(Answers.NoContent);
        });
        await using var host = Create(provider, reuseConnections: true);

        await host.NotifyAsync();
        await provider.UntilAllHungUpAsync();
        var second = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, second.Outcome);
        Assert.Equal(1, second.Attempts);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Fact]
    public async Task NotifyAsync_ManyAtOnce_EachIsDeliveredOnce()
    {
        await using var provider = RawProvider.Answering(Answers.Documented);
        await using var host = Create(provider, reuseConnections: false);

        var results = await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(i => host.NotifyAsync(new Invitation($"n{i}", "johnsnow", "mynetwork"))));
        await provider.UntilAllHungUpAsync();

        Assert.All(results, result => Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts)));
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => $"GET /?a=n{i} HTTP/1.1").Order(),
            provider.Requests.Select(request => request.Split("\r\n")[0]).Order());
    }

    private static NotifierHost Create(RawProvider provider, bool reuseConnections) => NotifierHost.Create(options =>
    {
        options.InvitationCreatedUrl = provider.Url("/?a=%invitee%");
        options.ReuseConnections = reuseConnections;
    });
}
