using System.Net;
using Acrobits.InvitationNotifier.Egress;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>How one attempt ended: with a status, with a failure instead of an answer, or without a request.</summary>
/// <remarks>A class rather than a struct: several async state machines hold a reference to it.</remarks>
internal sealed record Attempt
{
    /// <summary>How nearly all attempts end.</summary>
    public static Attempt Delivered { get; } = new() { Status = HttpStatusCode.NoContent };

    /// <summary>The status, if the provider answered.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Why there is no usable answer.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Why nothing was sent.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>What the provider asked for with a transient status, or what is left of a suspension.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The delay before the next attempt; null: this one is final.</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>Whether the egress policy refused the destination.</summary>
    public bool IsBlocked => Failure?.Exception is EgressBlockedException;

    /// <summary>Whether another attempt could succeed.</summary>
    public bool IsTransient => Status is { } status ? NotificationResult.IsTransientStatus(status) : !IsBlocked;

    /// <summary>
    /// Whether the attempt speaks against the health of the web service; null: it says nothing. 429 asks for fewer requests,
    /// so it is not a failure, and as the answer to a probe it shows that the web service is back.
    /// </summary>
    public bool? CountsAsFailure(bool isProbe) => Status switch
    {
        HttpStatusCode.TooManyRequests => isProbe ? false : null,
        { } status => NotificationResult.IsTransientStatus(status),
        _ => IsBlocked ? null : true,
    };
}
