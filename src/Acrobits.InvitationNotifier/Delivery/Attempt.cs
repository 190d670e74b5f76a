using System.Net;
using Acrobits.InvitationNotifier.Egress;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>How one request ended: with a status, or with a fault instead of a usable answer.</summary>
/// <remarks>A class, because the state of each method that awaits it holds it several times.</remarks>
/// <param name="Status">The status, where there was an answer.</param>
/// <param name="Fault">Why there was no usable answer.</param>
/// <param name="RetryAfter">What the provider asked for with a transient status.</param>
/// <param name="IsFinal">Whether the same invitation should not be sent again now.</param>
internal sealed record Attempt(HttpStatusCode? Status, Exception? Fault, TimeSpan? RetryAfter, bool IsFinal)
{
    /// <summary>How nearly all of them end.</summary>
    public static Attempt Delivered { get; } = new(HttpStatusCode.NoContent, Fault: null, RetryAfter: null, IsFinal: true);

    /// <summary>Whether a handler of the application threw the fault, which goes to the caller as it is.</summary>
    public bool IsApplicationsFailure { get; init; }

    /// <summary>Whether the egress guard refused the destination.</summary>
    public bool IsBlocked => Fault is EgressBlockedException;

    /// <summary>Whether the attempt speaks against the destination's health.</summary>
    public bool IsFailure => Status is { } status ? RetryRules.IsTransient(status) : !IsBlocked;
}
