using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Detects that a provider asks for a client certificate when there is none.</summary>
/// <remarks>
/// With TLS 1.3, and with some TLS 1.2 servers, the handshake still succeeds. The server closes the connection afterwards, often
/// without an alert.
/// </remarks>
internal static class ClientCertificates
{
    private static readonly ConditionalWeakTable<SslStream, object?> Asked = [];

    /// <summary>Adds the detection to a handler without a client certificate.</summary>
    public static void AddTo(SocketsHttpHandler handler)
    {
        var options = handler.SslOptions;
        if (options is not
            { LocalCertificateSelectionCallback: null, ClientCertificateContext: null, ClientCertificates: null or { Count: 0 } })
        {
            return;
        }

        // The first call comes before the provider's certificate is known; it is not a request for a client certificate.
        options.LocalCertificateSelectionCallback = (sender, _, _, remoteCertificate, _) =>
        {
            if (remoteCertificate is not null && sender is SslStream stream)
            {
                Asked.AddOrUpdate(stream, null);
            }

            return null!;
        };

        var application = handler.PlaintextStreamFilter;
        handler.PlaintextStreamFilter = (context, cancellationToken) =>
            context.PlaintextStream is SslStream stream && Asked.TryGetValue(stream, out _) && application is null
                ? new ValueTask<Stream>(new UnansweredStream(stream))
                : application?.Invoke(context, cancellationToken) ?? new ValueTask<Stream>(context.PlaintextStream);
    }
}
