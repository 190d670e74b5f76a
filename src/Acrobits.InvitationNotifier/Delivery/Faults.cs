using Acrobits.InvitationNotifier.Egress;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Makes what went wrong fit to be shown.</summary>
internal static class Faults
{
    /// <summary>The exception to report: the guard's own, not wrapped, and never one that quotes a response.</summary>
    public static Exception Reported(Exception exception) => exception switch
    {
        HttpRequestException { InnerException: EgressBlockedException blocked } => blocked,
        HttpRequestException { InnerException: HttpRequestException inner } => Reported(inner),

        // The client's message quotes what arrived, and a provider can send the invitation back in it.
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } malformed =>
            new HttpRequestException(malformed.HttpRequestError, "The provider's response is malformed."),
        _ => exception,
    };
}
