using System.Net;
using System.Text.Json.Serialization;

namespace Acrobits.InvitationNotifier;

/// <summary>What became of one invitation: the outcome of <see cref="IInvitationNotifier.NotifyAsync"/>.</summary>
public sealed record NotificationResult
{
    /// <summary>How the delivery ended.</summary>
    public required NotificationOutcome Outcome { get; init; }

    /// <summary>Whether the provider confirmed the invitation with a 204.</summary>
    public bool IsSuccess => Outcome == NotificationOutcome.Delivered;

    /// <summary>The status of the last answer, or <see langword="null"/> where the last attempt had none.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>How many attempts were made, one that the egress guard stopped included; 0 where there was none.</summary>
    public int Attempts { get; init; }

    /// <summary>The time from the call to the result, waiting for a free slot and between attempts included.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>
    /// Whether a later delivery of the same invitation could succeed: there was no usable answer, the destination is
    /// suspended, or the provider's status asks for another try: 408, 429, 500, 502, 503, 504, or a status from 500 to 599
    /// that HTTP does not define, which means the same as 500 (RFC 9110, section 15).
    /// </summary>
    public bool IsTransient => Outcome switch
    {
        NotificationOutcome.Unreachable or NotificationOutcome.Suspended => true,
        NotificationOutcome.Rejected => StatusCode is { } status && IsTransientStatus(status),
        _ => false,
    };

    /// <summary>
    /// How long to wait at least before another delivery: what the provider asked for in <c>Retry-After</c>
    /// (RFC 9110, section 10.2.3), or what is left of a suspension. At most 30 days; <see langword="null"/> if unknown.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Why the delivery ended as it did: one sentence for people. It holds no part of the invitation, of the request or of
    /// the response except the status, the host, its address and port, so it is safe to log.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Why there was no usable answer, or why nothing was sent; <see langword="null"/> if the provider answered or the network
    /// has no web service. Like <see cref="Reason"/>, it is safe to log. It is not serialised to JSON.
    /// </summary>
    [JsonIgnore]
    public Exception? Exception { get; init; }

    /// <summary>What went wrong in few different words, for <c>error.type</c>.</summary>
    internal string? ErrorType { get; init; }

    // 500 to 508, 510 and 511 are registered with IANA. All others of the class are treated as 500.
    internal static bool IsTransientStatus(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or
        HttpStatusCode.TooManyRequests or
        HttpStatusCode.InternalServerError or
        HttpStatusCode.BadGateway or
        HttpStatusCode.ServiceUnavailable or
        HttpStatusCode.GatewayTimeout or
        (HttpStatusCode)509 or
        (>= (HttpStatusCode)512 and <= (HttpStatusCode)599);
}
