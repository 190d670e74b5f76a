using System.Net;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>The proxy that the environment sets for the whole process.</summary>
[Collection(typeof(Alone))]
public sealed class EnvironmentProxyTests
{
    [Fact]
    public async Task NotifyAsync_ProxyOfTheEnvironment_IsNotUsed()
    {
        await using var proxy = new Provider(Replies.NoContent);
        await using var provider = new Provider(Replies.NoContent);
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.Url);
        try
        {
            using var application = Application.Create(provider.Url);

            Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        Assert.Equal((0, 1), (proxy.Connections, provider.Connections));
    }
}
