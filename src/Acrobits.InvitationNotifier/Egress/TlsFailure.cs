using System.ComponentModel;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Explains why TLS failed.</summary>
internal static class TlsFailure
{
    public const string ClientCertificateRequired =
        "The provider asked for a client certificate, and got none or one that it does not accept.";

    private const string ProtocolError = "tls_protocol_error";

    /// <summary>Returns the <c>error.type</c> and the reason; null if TLS did not fail, or if the reason is unknown.</summary>
    public static (string ErrorType, string Reason)? Find(Exception exception)
    {
        var isTls = false;
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            isTls |= inner is AuthenticationException;
            if (inner is CertificateException certificate)
            {
                return (certificate.ErrorType, certificate.Message);
            }

            if (inner is CryptographicException or Win32Exception && Explain(inner) is { } known)
            {
                return known;
            }
        }

        return isTls
            ? (ProtocolError, "The provider does not speak TLS on this port, or violates the protocol. Check the scheme and port of the URL.")
            : null;
    }

    private static (string ErrorType, string Reason)? Explain(Exception exception) => Alert(exception) switch
    {
        // Alert numbers of RFC 8446, section 6.
        116 or (>= 41 and <= 46) or 48 or 49 => ("client_certificate_required", ClientCertificateRequired),
        40 => (ProtocolError,
            "The provider refused the TLS handshake: there is no common cipher, or it requires a client certificate."),
        70 or 71 or 86 => (ProtocolError, "The provider and this machine have no TLS version or cipher in common."),
        112 => (ProtocolError, "The provider does not know the host of the URL."),
        { } alert => (ProtocolError, $"The provider ended the TLS handshake (alert {alert})."),
        null => null,
    };

    // OpenSSL error codes hold the library in the upper bits and the reason in the lower bits. Reasons from 1000 are alerts.
    private static int? Alert(Exception exception)
    {
        const int Ssl = 20;
        var code = (uint)exception.HResult;
        if (exception is Win32Exception { NativeErrorCode: var status })
        {
            return (uint)status switch
            {
                0x80090331 => 70, // SEC_E_ALGORITHM_MISMATCH
                0x80090326 => 40, // SEC_E_ILLEGAL_MESSAGE
                0x80090327 or 0x8009030E => 116, // SEC_E_CERT_UNKNOWN, SEC_E_NO_CREDENTIALS
                _ => null,
            };
        }

        return ((code >> 23) & 0xFF) == Ssl && (code & 0x7FFFFF) is var reason and >= 1000 and <= 1255 ? (int)reason - 1000
            : ((code >> 23) & 0xFF) == Ssl && (code & 0x7FFFFF) is 258 or 191 ? 70 // unsupported protocol, no protocols available
            : null;
    }
}
