using System.Net.Http.Headers;

namespace Acrobits.InvitationNotifier.Tool.Wire;

/// <summary>
/// The HTTP stack of the platform on connections to nowhere. It writes exactly what a provider would get. No name is looked up.
/// </summary>
internal sealed class OfflineHandler : DelegatingHandler
{
    /// <param name="connect">Opens such a connection, one for each request.</param>
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
            // The request inside TLS is the same, but only without TLS can it be recorded.
            request.RequestUri = new Uri(
                Uri.UriSchemeHttp + uri.OriginalString[Uri.UriSchemeHttps.Length..],
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            PutHostFirst(request.Headers, uri.Authority);
        }

        return base.SendAsync(request, cancellationToken);
    }

    // The client would derive it from the URL, which now has another scheme and so another default port.
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
