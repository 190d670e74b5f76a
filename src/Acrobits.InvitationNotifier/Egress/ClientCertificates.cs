using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Notices that a provider asks for a client certificate when there is none.</summary>
/// <remarks>
/// With TLS 1.3, and with some servers of TLS 1.2, the handshake succeeds all the same, and the server ends the connection
/// afterwards, often without a word.
/// </remarks>
internal static class ClientCertificates
{
    private static readonly ConditionalWeakTable<SslStream, object?> Asked = [];

    /// <summary>Adds the notice to a handler that has no client certificate.</summary>
    public static void AddTo(SocketsHttpHandler handler)
    {
        var options = handler.SslOptions;
        if (options is not
            { LocalCertificateSelectionCallback: null, ClientCertificateContext: null, ClientCertificates: null or { Count: 0 } })
        {
            return;
        }

        // Called at the beginning too, before the provider's certificate is known.
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
