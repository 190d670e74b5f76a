namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Why nothing was sent to a web service that may be called later.</summary>
internal enum Suspension
{
    /// <summary>Too many attempts failed.</summary>
    CircuitOpen,

    /// <summary>The provider asked for a pause with <c>Retry-After</c>.</summary>
    Paused,

    /// <summary>The destination is at its concurrency limit, and the wait for a slot timed out or the queue is full.</summary>
    ConcurrencyLimit,
}
