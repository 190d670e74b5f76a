using System.Globalization;
using System.Net;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>Attribute names of OpenTelemetry's semantic conventions for HTTP clients.</summary>
internal static class SemanticConventions
{
    public const string Method = "http.request.method";
    public const string ResendCount = "http.request.resend_count";
    public const string StatusCode = "http.response.status_code";
    public const string ErrorType = "error.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";

    /// <summary>Returns the <c>error.type</c> of an unsuccessful response or of a failure. Its cardinality is low.</summary>
    public static string? ErrorTypeOf(HttpStatusCode? status, string? errorType) => status switch
    {
        HttpStatusCode.NoContent => null,
        { } code => ((int)code).ToString(CultureInfo.InvariantCulture),
        null => errorType,
    };
}
