namespace Acrobits.InvitationNotifier;

/// <summary>
/// Options of the web services for both events: those of the default endpoint (<see cref="InvitationNotifierOptions"/>) or of a single network
/// (<see cref="InvitationEndpointOptions"/>).
/// </summary>
public abstract class InvitationWebServiceOptions
{
    private protected InvitationWebServiceOptions()
    {
    }

    /// <summary>
    /// The absolute http or https URL of the "invitation created" web service. If empty or white space (the default), there is
    /// none.
    /// </summary>
    /// <remarks>
    /// The path and the query can hold the placeholders <c>%invitee%</c>, <c>%invitor%</c> and <c>%network_id%</c>. User info
    /// (<c>user:password@</c>) is sent as Basic authentication.
    /// </remarks>
    public string? InvitationCreatedUrl { get; set; }

    /// <summary>
    /// The body of a POST request, with the same placeholders. If empty or white space (the default), a GET request is sent.
    /// </summary>
    public string? InvitationCreatedPostData { get; set; }

    /// <summary>
    /// The content type of the body: <c>application/json</c>, <c>application/xml</c> or
    /// <c>application/x-www-form-urlencoded</c> (the default).
    /// </summary>
    /// <remarks>The content type determines how values are escaped. It is sent as written; no charset is added.</remarks>
    public string? InvitationCreatedContentType { get; set; }

    /// <summary>
    /// The URL of the "invitation accepted" web service, as <see cref="InvitationCreatedUrl"/>. If empty or white space (the
    /// default), there is none.
    /// </summary>
    public string? InvitationAcceptedUrl { get; set; }

    /// <summary>
    /// The body of a POST request to the "invitation accepted" web service, as <see cref="InvitationCreatedPostData"/>. If
    /// empty or white space (the default), a GET request is sent.
    /// </summary>
    public string? InvitationAcceptedPostData { get; set; }

    /// <summary>
    /// The content type of the body for the "invitation accepted" web service, as <see cref="InvitationCreatedContentType"/>.
    /// </summary>
    public string? InvitationAcceptedContentType { get; set; }

    /// <summary>
    /// The headers that are added to each request of both web services. Values are literal text without placeholders. Default: empty.
    /// </summary>
    /// <remarks>
    /// Hop-by-hop and framing headers, such as <c>Connection</c> and <c>Content-Length</c>, are not allowed. <c>User-Agent</c>
    /// and <c>Cache-Control</c> replace the default values. A network does not inherit the headers of the default endpoint, so
    /// that one provider never receives another's key.
    /// </remarks>
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether requests send the <see cref="Invitation.Id"/> in an <c>Idempotency-Key</c> header. Default:
    /// <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// The provider can use it to recognize a redelivery. The id is sent in quotes, as
    /// draft-ietf-httpapi-idempotency-key-header specifies. It is off by default because the web service's documentation does
    /// not mention the header.
    /// </remarks>
    public bool SendIdempotencyKey { get; set; }

    /// <summary>The secrets that requests are signed with. Default: none; requests are not signed.</summary>
    public SigningOptions Signing { get; set; } = new();

    /// <summary>The client certificate and the trusted authorities of https connections. Default: none, and the machine's.</summary>
    /// <remarks>They are used for this web service alone, also if others are on the same host.</remarks>
    public TlsOptions Tls { get; set; } = new();
}
