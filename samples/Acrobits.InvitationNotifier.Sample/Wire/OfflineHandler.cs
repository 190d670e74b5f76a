using System.Net.Http.Headers;

namespace Acrobits.InvitationNotifier.Sample.Wire;

/// <summary>
/// The HTTP stack of the platform on connections that lead nowhere. Everything above the connection is the real
/// thing, and what it writes is what a provider would get. No name is resolved.
/// </summary>
internal sealed class OfflineHandler : DelegatingHandler
{
    /// <param name="connect">Opens such a connection; each request has its own.</param>
    public OfflineHandler(Func<RecordedConnection> connect)
        : base(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(connect()),
            PooledConnectionLifetime = TimeSpan.Zero,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        })
    {
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } uri && uri.Scheme == Uri.UriSchemeHttps)
        {
            // Within TLS the request is the same; without it, it can be read. The rest of the address stays untouched.
            request.RequestUri = new Uri(
                Uri.UriSchemeHttp + uri.OriginalString[Uri.UriSchemeHttps.Length..],
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            PutHostFirst(request.Headers, uri.Authority);
        }

        return base.SendAsync(request, cancellationToken);
    }

    // The client would take it from the URL: without a port that is the usual one without TLS.
    private static void PutHostFirst(HttpRequestHeaders headers, string host)
    {
        var others = headers.NonValidated.ToArray();
        headers.Clear();
        headers.Host = host;
        foreach (var (name, values) in others)
        {
            headers.TryAddWithoutValidation(name, values);
        }
    }
}
