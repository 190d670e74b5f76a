namespace Acrobits.InvitationNotifier;

/// <summary>
/// Options of the notifier. The inherited properties configure the default endpoint: the web services of every network that
/// <see cref="Networks"/> does not list.
/// </summary>
/// <remarks>
/// Validated as a whole when the host starts and at first use. A valid reload applies to the next invitation.
/// </remarks>
public sealed class InvitationNotifierOptions : InvitationWebServiceOptions
{
    internal const string DefaultUserAgent = "Sync Server 1.1";

    /// <summary>The web services of single networks, by network id. Default: empty.</summary>
    /// <remarks>
    /// An entry inherits nothing from the default endpoint. An entry without a URL turns notifications off for its network. Ids
    /// are case-sensitive. A network whose id differs from an entry only in case is not notified, not even by the default
    /// endpoint.
    /// </remarks>
    public IDictionary<string, InvitationEndpointOptions> Networks { get; set; } =
        new Dictionary<string, InvitationEndpointOptions>(StringComparer.Ordinal);

    /// <summary>The <c>User-Agent</c> header of each request. Default: <c>Sync Server 1.1</c>.</summary>
    public string UserAgent { get; set; } = DefaultUserAgent;

    /// <summary>
    /// Whether connections are kept and reused. Default: <see langword="false"/>; each request then opens its own connection
    /// and sends <c>Connection: close</c>, as the web service documents it.
    /// </summary>
    public bool ReuseConnections { get; set; }

    /// <summary>
    /// The timeout of one attempt, from connecting to receiving the response headers. 10 ms to 1 day; default 10 s.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The timeout of all attempts of one notification, including the delays between them. 10 ms to 1 day; default 30 s.
    /// </summary>
    /// <remarks>It starts with the first request. See <see cref="MaxQueuedRequests"/> for waits before that.</remarks>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Options for retries of failed attempts.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>Options of the circuit breaker, which stops requests to a web service that keeps failing.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>
    /// The maximum number of concurrent requests to one destination (scheme, host and port). At least 1; default 32.
    /// </summary>
    /// <remarks>
    /// A delay between attempts does not count as a request. If several web services share a destination, one request is
    /// reserved for each web service that has none under way. Up to half of the limit is reserved in this way.
    /// </remarks>
    public int MaxConcurrentRequests { get; set; } = 32;

    /// <summary>
    /// The maximum number of notifications that wait while a destination is at its concurrency limit or its rate limit. At least
    /// 0; default 1024.
    /// </summary>
    /// <remarks>
    /// A notification waits for <see cref="TotalTimeout"/> at most. If the wait times out, or this limit is reached too, it ends
    /// as <see cref="NotificationOutcome.Suspended"/>.
    /// </remarks>
    public int MaxQueuedRequests { get; set; } = 1024;

    /// <summary>
    /// The maximum number of requests per second to one destination (scheme, host and port), retries included. Above 0 and at
    /// most 100,000; fractions are allowed. Default: <see langword="null"/>, no limit.
    /// </summary>
    /// <remarks>
    /// Requests are evenly spaced: after an idle time, at most a tenth of this number, and at least one request, is sent at once.
    /// Web services that share a destination take turns. Others wait, see <see cref="MaxQueuedRequests"/>. Each process counts
    /// its own requests.
    /// </remarks>
    public double? MaxRequestsPerSecond { get; set; }

    /// <summary>Options of the registered queue. Read at start; a reload does not change them.</summary>
    public InvitationQueueOptions Queue { get; set; } = new();

    /// <summary>Options that restrict which addresses the notifier connects to.</summary>
    public EgressOptions Egress { get; set; } = new();
}
