using System.Net;
using Acrobits.InvitationNotifier.Egress;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The result of one attempt: a status, a failure instead of a response, or a suspension without a request.</summary>
/// <remarks>A class rather than a struct: several async state machines hold a reference to it.</remarks>
internal sealed record Attempt
{
    /// <summary>The result of nearly all attempts.</summary>
    public static Attempt Delivered { get; } = new() { Status = HttpStatusCode.NoContent };

    /// <summary>The status, if the provider responded.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Why there is no usable response.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Why nothing was sent.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>The provider's <c>Retry-After</c> with a transient status, or the remaining time of a suspension.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The delay before the next attempt; null if this one is final.</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>Whether the egress policy refused the destination.</summary>
    public bool IsBlocked => Failure?.Exception is EgressBlockedException;

    /// <summary>Whether another attempt could succeed.</summary>
    public bool IsTransient => Status is { } status ? NotificationResult.IsTransientStatus(status) : !IsBlocked;

    /// <summary>
    /// Whether the circuit counts the attempt as a failure; null if it does not count at all. 429 asks for fewer requests, so it
    /// is not a failure. As the response to a probe, it shows that the web service is back.
    /// </summary>
    public bool? CountsAsFailure(bool isProbe) => Status switch
    {
        HttpStatusCode.TooManyRequests => isProbe ? false : null,
        { } status => NotificationResult.IsTransientStatus(status),
        _ => IsBlocked ? null : true,
    };
}
