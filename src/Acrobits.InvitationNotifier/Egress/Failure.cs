using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Describes why a provider sent no usable response.</summary>
/// <param name="Exception">The exception of the result. It never quotes a response.</param>
/// <param name="ErrorType">The <c>error.type</c> of metrics and traces, with low cardinality.</param>
/// <param name="Reason">The reason as a sentence that is safe to log, with a suggestion if possible.</param>
internal readonly record struct Failure(Exception Exception, string ErrorType, string Reason)
{
    /// <summary>Describes an exception of the primary handler.</summary>
    public static Failure Of(Exception exception)
    {
        var reported = Reported(exception);
        if (TlsFailure.Find(reported) is var (type, why))
        {
            return new Failure(reported, type, why);
        }

        return new Failure(reported, Text.ErrorType.Of(reported), Explain(reported));
    }

    // Unwraps the exception of the egress guard, and replaces exceptions that quote a response.
    private static Exception Reported(Exception exception) => exception switch
    {
        HttpRequestException { InnerException: EgressBlockedException blocked } => blocked,
        HttpRequestException { InnerException: HttpRequestException inner } => Reported(inner),

        // The client's message quotes the response, in which a provider can return personal data.
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } malformed =>
            new HttpRequestException(malformed.HttpRequestError, "The provider's response is malformed."),
        OperationCanceledException => new TimeoutException("The provider did not answer in time."),
        _ => exception,
    };

    private static string Explain(Exception exception) => exception switch
    {
        // The message already names the range.
        EgressBlockedException => exception.Message,
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request => Explain(request),
        TimeoutException => "The provider did not answer in time.",
        { InnerException: IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } } } =>
            "The provider reset the connection.",
        _ => $"The request failed ({exception.GetType().Name}).",
    };

    private static string Explain(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError =>
            "The host name could not be resolved. Check the host in the URL, and the name servers of this machine.",
        HttpRequestError.ConnectionError => exception.InnerException switch
        {
            TimeoutException timeout => timeout.Message,
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                "The connection was refused: nothing listens on the port, or a firewall blocks it.",
            SocketException socket => $"The connection failed ({socket.SocketErrorCode}).",
            _ => "The connection failed.",
        },
        HttpRequestError.SecureConnectionError => "The TLS handshake failed: the provider ended the connection.",
        HttpRequestError.ProxyTunnelError => "The proxy did not open a tunnel to the provider. Check the proxy, its rules and its credentials.",
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "The provider's response is malformed.",
        HttpRequestError.ResponseEnded => "The provider closed the connection without a complete answer.",
        HttpRequestError.ConfigurationLimitExceeded => "The headers of the provider's answer are too long.",
        _ => $"The request failed ({exception.HttpRequestError}).",
    };
}
