using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Creates the library's primary handler, which the application can configure further.</summary>
internal static class GuardedHandler
{
    private static readonly ConditionalWeakTable<HttpMessageHandler, Binding> Bindings = [];

    /// <summary>Creates the handler that the application's configuration receives.</summary>
    public static SocketsHttpHandler Create(EgressGuard guard)
    {
        var binding = new Binding(guard);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,

            // The pool renews its connections and name look-ups, because a singleton can hold the client forever.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 4 * 1024,
            SslOptions = { CertificateChainPolicy = CertificateRules.CreatePolicy() },
            ConnectCallback = binding.ConnectAsync,
        };
        Bindings.Add(handler, binding);
        return handler;
    }

    /// <summary>Whether <see cref="Create"/> made the handler.</summary>
    public static bool IsOurs(HttpMessageHandler handler) => Bindings.TryGetValue(handler, out _);

    /// <summary>Completes the configuration of a handler for the connections of one profile.</summary>
    public static void Bind(HttpMessageHandler handler, ConnectionProfile profile)
    {
        if (handler is not SocketsHttpHandler sockets || !Bindings.TryGetValue(handler, out var binding))
        {
            throw new InvalidOperationException(
                "The application's configuration of the notifier's primary handler replaced the handler only in some calls. Replace it in each call, or in none.");
        }

        binding.Profile = profile;

        // Zero closes a connection after its request. Sending "Connection: close" is not enough: if the provider does not
        // send it too, the pool reuses the connection, which RFC 9112, section 9.6, forbids.
        if (!profile.ReuseConnections)
        {
            sockets.PooledConnectionLifetime = TimeSpan.Zero;
        }

        // The client calls the selectors for each header of the request it writes or the response it reads.
        var (request, response) = (sockets.RequestHeaderEncodingSelector, sockets.ResponseHeaderEncodingSelector);
        sockets.RequestHeaderEncodingSelector = (name, message) =>
        {
            ResendGuard.Write(message, name);
            return request?.Invoke(name, message);
        };
        sockets.ResponseHeaderEncodingSelector = (name, message) =>
        {
            ResendGuard.Answer(message);
            return response?.Invoke(name, message);
        };

        if (profile.Tls is { } tls)
        {
            sockets.SslOptions = NetworkTls.Combine(sockets.SslOptions, tls);
        }

        CertificateRules.AddTo(sockets.SslOptions);
        ClientCertificates.AddTo(sockets);
    }

    private sealed class Binding(EgressGuard guard)
    {
        public ConnectionProfile? Profile { get; set; }

        public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
            guard.ConnectAsync(context, Profile ?? guard.Current, cancellationToken);
    }
}
