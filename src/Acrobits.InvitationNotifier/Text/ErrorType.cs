namespace Acrobits.InvitationNotifier.Text;

/// <summary>Names the kinds of exceptions for <c>error.type</c> and for logs. The number of names is low.</summary>
internal static class ErrorType
{
    /// <summary>Returns the name that the framework's own instrumentation uses, or the name of the exception's type.</summary>
    public static string Of(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => NameOf(http.HttpRequestError),
        TimeoutException => "timeout",
        _ => exception.GetType().Name,
    };

    private static string NameOf(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "name_resolution_error",
        HttpRequestError.ConnectionError => "connection_error",
        HttpRequestError.SecureConnectionError => "secure_connection_error",
        HttpRequestError.ProxyTunnelError => "proxy_tunnel_error",
        HttpRequestError.InvalidResponse => "invalid_response",
        HttpRequestError.ResponseEnded => "response_ended",
        HttpRequestError.ConfigurationLimitExceeded => "configuration_limit_exceeded",
        _ => "other",
    };
}
