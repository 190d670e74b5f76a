using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The library's own primary handler, which the application may configure further.</summary>
internal static class GuardedHandler
{
    private static readonly ConditionalWeakTable<HttpMessageHandler, Binding> Bindings = [];

    /// <summary>Creates the handler as an application's configuration gets it.</summary>
    public static SocketsHttpHandler Create(EgressGuard guard)
    {
        var binding = new Binding(guard);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,

            // The pool renews its connections and their name look-ups itself, so that a client held by a singleton keeps working.
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

    /// <summary>Completes a handler that the application has configured, for the connections of one profile.</summary>
    public static void Bind(HttpMessageHandler handler, ConnectionProfile profile)
    {
        if (handler is not SocketsHttpHandler sockets || !Bindings.TryGetValue(handler, out var binding))
        {
            throw new InvalidOperationException(
                "The configuration of the notifier's primary handler replaced the handler on some runs only. Replace it always or never.");
        }

        binding.Profile = profile;

        // Zero closes a connection after its request. Saying "Connection: close" is not enough: where the provider does not
        // say it too, the pool would use the connection again, which RFC 9112, section 9.6, forbids.
        if (!profile.ReuseConnections)
        {
            sockets.PooledConnectionLifetime = TimeSpan.Zero;
        }

        // Called for each header, with the request that the client now writes or now reads an answer to.
        var (request, response) = (sockets.RequestHeaderEncodingSelector, sockets.ResponseHeaderEncodingSelector);
        sockets.RequestHeaderEncodingSelector = (name, message) =>
        {
            Pass.Write(message, name);
            return request?.Invoke(name, message);
        };
        sockets.ResponseHeaderEncodingSelector = (name, message) =>
        {
            Pass.Answer(message);
            return response?.Invoke(name, message);
        };

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
