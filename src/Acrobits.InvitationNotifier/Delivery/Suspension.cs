namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Specifies why nothing was sent, although a later delivery can succeed.</summary>
internal enum Suspension
{
    /// <summary>Too many attempts failed.</summary>
    CircuitOpen,

    /// <summary>The provider asked for a pause with <c>Retry-After</c>.</summary>
    Paused,

    /// <summary>The destination is at its concurrency limit, and the wait for a slot timed out or the queue is full.</summary>
    ConcurrencyLimit,

    /// <summary>The destination is at its rate limit, and the wait for a token timed out or the queue is full.</summary>
    RateLimit,
}
