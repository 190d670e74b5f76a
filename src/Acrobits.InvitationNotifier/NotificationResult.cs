using System.Net;
using System.Text.Json.Serialization;

namespace Acrobits.InvitationNotifier;

/// <summary>
/// Represents the result of <see cref="IInvitationNotifier.NotifyAsync"/>: how the delivery of an invitation ended.
/// </summary>
public sealed record NotificationResult
{
    /// <summary>The outcome of the delivery.</summary>
    public required NotificationOutcome Outcome { get; init; }

    /// <summary>Whether the provider confirmed the invitation with 204.</summary>
    public bool IsSuccess => Outcome == NotificationOutcome.Delivered;

    /// <summary>The status of the last response, or <see langword="null"/> if the last attempt got no response.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>The number of attempts, including one that the egress policy blocked. 0 if no attempt was made.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// The time from the call to the result, including waits for the limits of the destination and delays between attempts.
    /// </summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether the failure is transient: a later delivery of the same invitation could succeed.</summary>
    /// <remarks>
    /// True for <see cref="NotificationOutcome.Unreachable"/>, for <see cref="NotificationOutcome.Suspended"/>, and for
    /// <see cref="NotificationOutcome.Rejected"/> with 408, 429, 500, 502, 503, 504 or a 5xx status that HTTP does not define,
    /// which means the same as 500 (RFC 9110, section 15).
    /// </remarks>
    public bool IsTransient => Outcome switch
    {
        NotificationOutcome.Unreachable or NotificationOutcome.Suspended => true,
        NotificationOutcome.Rejected => StatusCode is { } status && IsTransientStatus(status),
        _ => false,
    };

    /// <summary>
    /// The minimum delay before another delivery: the provider's <c>Retry-After</c> (RFC 9110, section 10.2.3), or the remaining
    /// time of a suspension. At most 30 days; <see langword="null"/> if unknown.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// The reason for the outcome, as a sentence for people. Safe to log: of the request and the response it holds only the
    /// status, the host, the address and the port.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The exception that describes why nothing was sent or no usable response came; otherwise <see langword="null"/>. Safe to
    /// log. Not serialized to JSON.
    /// </summary>
    [JsonIgnore]
    public Exception? Exception { get; init; }

    /// <summary>The low-cardinality <c>error.type</c> of metrics and traces.</summary>
    internal string? ErrorType { get; init; }

    /// <summary>Whether only a limit of the destination (concurrency or rate) prevented the delivery.</summary>
    internal bool IsLimited { get; init; }

    // IANA has registered 500 to 508, 510 and 511. A client treats other 5xx statuses as 500.
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
