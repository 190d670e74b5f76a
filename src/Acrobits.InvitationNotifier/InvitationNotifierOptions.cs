using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier;

/// <summary>
/// The notifier's configuration. Validated as a whole when the host starts and at first use; a reload takes effect on
/// the next invitation.
/// </summary>
public sealed class InvitationNotifierOptions
{
    /// <summary>
    /// The web service of all networks that <see cref="Networks"/> does not name; blank: they have none.
    /// See <see cref="InvitationEndpointOptions.InvitationCreatedUrl"/>.
    /// </summary>
    public string? InvitationCreatedUrl { get; set; }

    /// <inheritdoc cref="InvitationEndpointOptions.InvitationCreatedPostData"/>
    public string? InvitationCreatedPostData { get; set; }

    /// <inheritdoc cref="InvitationEndpointOptions.InvitationCreatedContentType"/>
    public string? InvitationCreatedContentType { get; set; }

    /// <summary>
    /// Headers added to each request to the web service above. A network's own service has its own headers, so that one
    /// provider never sees another's key. See <see cref="InvitationEndpointOptions.Headers"/>.
    /// </summary>
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether requests to the web service above carry an <c>Idempotency-Key</c>. A network's own service has its own setting.
    /// See <see cref="InvitationEndpointOptions.SendIdempotencyKey"/>.
    /// </summary>
    public bool SendIdempotencyKey { get; set; }

    /// <summary>
    /// Web services of single networks, by network id (matched exactly). An entry replaces the service above as a whole;
    /// an entry with no URL says that the network has no web service.
    /// </summary>
    public IDictionary<string, InvitationEndpointOptions> Networks { get; set; } =
        new Dictionary<string, InvitationEndpointOptions>(StringComparer.Ordinal);

    /// <summary>The <c>User-Agent</c> of each request. Default: <c>Sync Server 1.1</c>.</summary>
    public string UserAgent { get; set; } = RequestDefaults.DefaultUserAgent;

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

    /// <summary>When a failing destination is left alone for a while.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>
    /// How many notifications may be under way to one destination (scheme, host and port) at a time. At least 1;
    /// default 32.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 32;

    /// <summary>
    /// How many notifications may wait for one destination, each for <see cref="TotalTimeout"/> at most; one more, or one
    /// that waited for so long, is <see cref="NotificationOutcome.Suspended"/>. At least 0; default 1024.
    /// </summary>
    public int MaxQueuedRequests { get; set; } = 1024;

    /// <summary>Which addresses may be connected to.</summary>
    public EgressOptions Egress { get; set; } = new();

    // Fields, because the binder fills in every property. What it could not take in is reported with all else that is wrong.
    internal readonly List<string> BindingProblems = [];

    // Set where the options were found valid.
    internal CompiledConfiguration? Compiled;
}
