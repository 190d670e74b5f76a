using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Detects that a provider asks for a client certificate and gets none, or one that it does not accept.</summary>
/// <remarks>
/// With TLS 1.3, and with some TLS 1.2 servers, the handshake still succeeds. The server closes the connection afterwards, often
/// without an alert.
/// </remarks>
internal static class ClientCertificates
{
    private static readonly ConditionalWeakTable<SslStream, object?> Asked = [];
    private static readonly LocalCertificateSelectionCallback NoteRequest = SelectNone;

    /// <summary>Adds the detection to a handler, unless the application chose a client certificate for all providers.</summary>
    public static void AddTo(SocketsHttpHandler handler)
    {
        var options = handler.SslOptions;
        if (options.ClientCertificateContext is null)
        {
            // Several handlers can share one options object.
            if (options.ClientCertificates is { Count: > 0 }
                || (options.LocalCertificateSelectionCallback is { } other && other != NoteRequest))
            {
                return;
            }

            options.LocalCertificateSelectionCallback = NoteRequest;
        }

        var application = handler.PlaintextStreamFilter;
        handler.PlaintextStreamFilter = (context, cancellationToken) =>
            context.PlaintextStream is SslStream stream && WasAsked(stream) && application is null
                ? new ValueTask<Stream>(new UnansweredStream(stream))
                : application?.Invoke(context, cancellationToken) ?? new ValueTask<Stream>(context.PlaintextStream);
    }

    private static X509Certificate SelectNone(
        object sender, string targetHost, X509CertificateCollection localCertificates, X509Certificate? remoteCertificate, string[] acceptableIssuers)
    {
        // The first call comes before the provider's certificate is known; it is not a request for a client certificate.
        if (remoteCertificate is not null && sender is SslStream stream)
        {
            Asked.AddOrUpdate(stream, null);
        }

        return null!;
    }

    // The platform reports a local certificate only if it was sent.
    private static bool WasAsked(SslStream stream) => stream.LocalCertificate is not null || Asked.TryGetValue(stream, out _);
}
