namespace Acrobits.InvitationNotifier;

/// <summary>
/// The notifier's configuration. The inherited properties describe the default endpoint: the web service of every network
/// that <see cref="Networks"/> does not name. Validated as a whole when the host starts and at first use; a reload takes
/// effect on the next invitation.
/// </summary>
public sealed class InvitationNotifierOptions : InvitationWebServiceOptions
{
    internal const string DefaultUserAgent = "Sync Server 1.1";

    /// <summary>
    /// Web services of single networks, by network id. An entry replaces the default endpoint as a whole; an entry with no
    /// URL says that the network has no web service. Ids are matched exactly; one that differs from an entry's in case
    /// alone gets nothing.
    /// </summary>
    public IDictionary<string, InvitationEndpointOptions> Networks { get; set; } =
        new Dictionary<string, InvitationEndpointOptions>(StringComparer.Ordinal);

    /// <summary>The <c>User-Agent</c> of each request. Default: <c>Sync Server 1.1</c>.</summary>
    public string UserAgent { get; set; } = DefaultUserAgent;

    /// <summary>
    /// <see langword="false"/>, the default: each request has a connection of its own and says <c>Connection: close</c>,
    /// as the web service documents it. <see langword="true"/>: connections are kept and used again.
    /// </summary>
    public bool ReuseConnections { get; set; }

    /// <summary>The time one attempt may take, from connecting to the answer's headers. 10 ms to 1 day; default 10 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time all attempts of one notification may take, delays included. 10 ms to 1 day; default 30 s.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often and when a failed attempt is repeated.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>When a failing web service is left alone for a while.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>
    /// How many requests may be under way to one destination (scheme, host and port). A delay between attempts does not count.
    /// If several web services lead to one destination, one place is kept free for each that has none, up to half of them.
    /// At least 1; default 32.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 32;

    /// <summary>
    /// How many notifications may wait for one destination, each for <see cref="TotalTimeout"/> at most; one more, or one
    /// that waited for so long, is <see cref="NotificationOutcome.Suspended"/>. At least 0; default 1024.
    /// </summary>
    public int MaxQueuedRequests { get; set; } = 1024;

    /// <summary>Which addresses may be connected to.</summary>
    public EgressOptions Egress { get; set; } = new();
}
