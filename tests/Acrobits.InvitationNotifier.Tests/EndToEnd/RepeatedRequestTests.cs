using System.Net;
using System.Text;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Who may send a request again: handlers of the application and credentials, but not the client in secret.</summary>
public sealed class RepeatedRequestTests
{
    private const string Digest = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n";

    public static TheoryData<bool> Reuse => new(false, true);

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_ClosedWithoutAnswer_IsSentOnce(bool reuseConnections)
    {
        await using var provider = new Provider(Replies.Close);
        using var application = Create(provider.Url, reuseConnections);

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Unreachable, 1), (result.Outcome, result.Attempts));
        Assert.Equal((1, 1), (provider.Connections, provider.Requests.Count));
        Assert.Equal(HttpRequestError.ResponseEnded, Assert.IsType<HttpRequestException>(result.Exception).HttpRequestError);
    }

    [Fact]
    public async Task NotifyAsync_KeptConnectionIsClosedWithoutAnswer_IsSentOnce()
    {
        await using var provider = new Provider(Replies.Sequence(Replies.NoContent, Replies.Close, Replies.NoContent));
        using var application = Create(provider.Url, reuseConnections: true);
        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.Equal((1, 2), (provider.Connections, provider.Requests.Count));
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_HandlerSendsAgainAfter401_IsDelivered(bool reuseConnections)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(401), Replies.NoContent));
        using var application = Create(provider.Url, reuseConnections, again: async (request, send) =>
        {
            using var refused = await send(request);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            request.Headers.Authorization = new("Bearer", "fresh");
            return await send(request);
        });

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
        Assert.Equal(2, provider.Requests.Count);
        Assert.Contains("Authorization: Bearer fresh\r\n", provider.Requests.Last(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_HandlerSendsAgainAfterAClosedConnection_IsDelivered(bool reuseConnections)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Close, Replies.Close, Replies.NoContent));
        using var application = Create(provider.Url, reuseConnections, again: async (request, send) =>
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => send(request));
            await Assert.ThrowsAsync<HttpRequestException>(() => send(request));
            return await send(request);
        });

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
        Assert.Equal(3, provider.Requests.Count);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task NotifyAsync_HandlerSendsACopy_IsDeliveredAndSentOnce(bool reuseConnections, bool withOptions)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(401), Replies.NoContent, Replies.Close));
        using var application = Create(provider.Url, reuseConnections, again: async (request, send) =>
        {
            using var refused = await send(Copy(request, withOptions));
            return refused.StatusCode == HttpStatusCode.Unauthorized ? await send(Copy(request, withOptions)) : refused;
        });

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal(2, provider.Requests.Count);

        Assert.Equal(NotificationOutcome.Unreachable, (await application.NotifyAsync()).Outcome);
        Assert.Equal(3, provider.Requests.Count);
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_HandlerSendsTheCopyOfACopyAfterAClosedConnection_IsDelivered(bool reuseConnections)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Close, Replies.Close, Replies.NoContent));
        using var application = Create(provider.Url, reuseConnections, again: async (request, send) =>
        {
            var copy = Copy(request, withOptions: true);
            await Assert.ThrowsAsync<HttpRequestException>(() => send(copy));
            await Assert.ThrowsAsync<HttpRequestException>(() => send(copy));
            return await send(Copy(copy, withOptions: true));
        });

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal(3, provider.Requests.Count);
    }

    [Theory]
    [InlineData("WWW-Authenticate: Basic realm=\"r\"\r\n", false)]
    [InlineData("WWW-Authenticate: Basic realm=\"r\"\r\n", true)]
    [InlineData(Digest, false)]
    [InlineData(Digest, true)]
    public async Task NotifyAsync_CredentialsOnThePrimaryHandler_AreSentAfter401(string challenge, bool reuseConnections)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(401, challenge), Replies.NoContent));
        using var application = Create(provider.Url, reuseConnections, configure: handler => handler.Credentials = new NetworkCredential("u", "p"));

        var result = await application.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
        Assert.Equal(2, provider.Requests.Count);
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_ClosedWithoutAnswerAfterCredentials_IsNotSentAgain(bool reuseConnections)
    {
        await using var provider = new Provider(Replies.Sequence(
            Replies.Status(401, "WWW-Authenticate: Basic realm=\"r\"\r\n"), Replies.Close, Replies.NoContent));
        using var application = Create(provider.Url, reuseConnections, configure: handler => handler.Credentials = new NetworkCredential("u", "p"));

        var result = await application.NotifyAsync();

        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.Equal(2, provider.Requests.Count);
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_ProxyAsksForCredentials_IsDelivered(bool reuseConnections)
    {
        await using var proxy = new TunnelProxy(target: 0, wantsCredentials: true);
        using var application = Create("http://provider.test/", reuseConnections, configure: handler => UseProxy(handler, proxy));

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal(2, proxy.Requests);
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_ProxyAsksForCredentialsOfATunnel_IsDelivered(bool reuseConnections)
    {
        using var root = TestAuthority.CreateRoot();
        await using var provider = new TlsProvider(root.Issue("provider.test"));
        await using var proxy = new TunnelProxy(provider.Port, wantsCredentials: true);
        using var application = Create("https://provider.test/", reuseConnections, configure: handler =>
        {
            UseProxy(handler, proxy);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        });

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal((2, 1), (proxy.Requests, provider.Requests));
    }

    [Theory, MemberData(nameof(Reuse))]
    public async Task NotifyAsync_ProxyClosesWithoutAnswer_IsAskedForTheTunnelOnce(bool reuseConnections)
    {
        await using var proxy = new Provider(Replies.Close);
        using var application = Create("https://provider.test/", reuseConnections, configure: handler =>
        {
            handler.UseProxy = true;
            handler.Proxy = new WebProxy("127.0.0.1", proxy.Port);
        });

        Assert.Equal(NotificationOutcome.Unreachable, (await application.NotifyAsync()).Outcome);
        Assert.StartsWith("CONNECT provider.test:443 ", Assert.Single(proxy.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifyAsync_ApplicationSetsHeaderEncodings_KeepsThemAndSendsOnce()
    {
        await using var provider = new Provider(Replies.Close);
        var headers = 0;
        using var application = Create(provider.Url, reuseConnections: false, configure: handler =>
            handler.RequestHeaderEncodingSelector = (_, _) =>
            {
                headers++;
                return Encoding.Latin1;
            });

        await application.NotifyAsync();

        Assert.Single(provider.Requests);
        Assert.NotEqual(0, headers);
    }

    [Fact]
    public async Task NotifyAsync_ReuseConnectionsReloaded_TakesEffectOnTheNextInvitation()
    {
        await using var provider = new Provider(Replies.NoContent);
        var (url, allowed) = (("InvitationCreatedUrl", provider.Url), ("Egress:AllowedRanges:0", "127.0.0.1/32"));
        var (configuration, source) = ChangingConfiguration.Create(url, allowed, ("ReuseConnections", "false"));
        using var application = Application.Create(configuration);
        await application.NotifyAsync();
        await application.NotifyAsync();
        Assert.Equal(2, provider.Connections);

        source.Change(url, allowed, ("ReuseConnections", "true"));
        await application.NotifyAsync();
        await application.NotifyAsync();
        Assert.Equal(3, provider.Connections);

        // A change of something else keeps the connection.
        source.Change(url, allowed, ("ReuseConnections", "true"), ("UserAgent", "Other/1"));
        await application.NotifyAsync();
        Assert.Equal(3, provider.Connections);

        source.Change(url, allowed, ("ReuseConnections", "false"));
        await application.NotifyAsync();
        Assert.Equal(4, provider.Connections);
    }

    private static void UseProxy(SocketsHttpHandler handler, TunnelProxy proxy)
    {
        handler.UseProxy = true;
        handler.Proxy = new WebProxy("127.0.0.1", proxy.Port) { Credentials = new NetworkCredential("u", "p") };
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, bool withOptions)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var (name, values) in request.Headers)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        if (withOptions)
        {
            foreach (var (key, value) in request.Options)
            {
                copy.Options.Set(new HttpRequestOptionsKey<object?>(key), value);
            }
        }

        return copy;
    }

    private static ServiceProvider Create(
        string url,
        bool reuseConnections,
        Func<HttpRequestMessage, Func<HttpRequestMessage, Task<HttpResponseMessage>>, Task<HttpResponseMessage>>? again = null,
        Action<SocketsHttpHandler>? configure = null) => Application.Create(
            options => (options.InvitationCreatedUrl, options.ReuseConnections) = (url, reuseConnections),
            (_, builder) =>
            {
                builder.ConfigurePrimaryHttpMessageHandler((handler, _) => configure?.Invoke((SocketsHttpHandler)handler));
                if (again is not null)
                {
                    builder.AddHttpMessageHandler(() => new Handler(again));
                }
            });

    private sealed class Handler(
        Func<HttpRequestMessage, Func<HttpRequestMessage, Task<HttpResponseMessage>>, Task<HttpResponseMessage>> again) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            again(request, message => base.SendAsync(message, cancellationToken));
    }
}
