namespace Acrobits.InvitationNotifier;

/// <summary>
/// Repeats an attempt after 408, 429, 500, 502, 503, 504, an undefined 5xx or no usable answer, with exponential back-off.
/// A provider's <c>Retry-After</c> can lengthen a delay, never shorten it.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>How often an attempt is repeated at most. At least 0, which means never; default 3.</summary>
    public int MaxRetryAttempts { get; set; } = 3;

    /// <summary>The delay before the first repetition; it doubles with each. 0 to 1 day; default 1 s.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest delay. A <c>Retry-After</c> beyond it ends the notification and is reported instead. 0 to 1 day;
    /// default 10 s.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether delays vary at random by up to half, so that many senders do not come back together. Default true.</summary>
    public bool UseJitter { get; set; } = true;
}
