namespace Acrobits.InvitationNotifier;

/// <summary>Options for retries within one notification, with exponential back-off.</summary>
/// <remarks>
/// An attempt is retried after 408, 429, 500, 502, 503, 504, an undefined 5xx status or no usable response. The provider's
/// <c>Retry-After</c> can lengthen a delay but never shortens it.
/// </remarks>
public sealed class RetryOptions
{
    /// <summary>The maximum number of retries. At least 0, which disables retries; default 3.</summary>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>The delay before the first retry. It doubles with each retry. 0 to 1 day; default 1 s.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The maximum delay. A longer <c>Retry-After</c> ends the notification and is reported as
    /// <see cref="NotificationResult.RetryAfter"/>. 0 to 1 day; default 10 s.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether delays vary randomly by up to half, so that many senders do not retry at once. Default:
    /// <see langword="true"/>.
    /// </summary>
    public bool UseJitter { get; set; } = true;
}
