namespace Acrobits.InvitationNotifier;

/// <summary>
/// The keys of one network's web service, in the words of its portal. They are the same for the default endpoint
/// (<see cref="InvitationNotifierOptions"/>) and for a single network (<see cref="InvitationEndpointOptions"/>).
/// </summary>
public abstract class InvitationWebServiceOptions
{
    private protected InvitationWebServiceOptions()
    {
    }

    /// <summary>
    /// The absolute http or https URL. <c>%invitee%</c>, <c>%invitor%</c> and <c>%network_id%</c> may stand in its path
    /// and query. Blank: there is no web service. User info (<c>user:password@</c>) becomes Basic authentication.
    /// </summary>
    public string? InvitationCreatedUrl { get; set; }

    /// <summary>The body, with the same placeholders. Filled in (not blank): POST; else GET with no body.</summary>
    public string? InvitationCreatedPostData { get; set; }

    /// <summary>
    /// The format of the body: <c>application/json</c>, <c>application/xml</c> or <c>application/x-www-form-urlencoded</c>,
    /// which is the default. It goes out as written here; no charset is added.
    /// </summary>
    public string? InvitationCreatedContentType { get; set; }

    /// <summary>
    /// Headers added to each request. Values are literal text without placeholders. Hop-by-hop and framing headers are
    /// refused; <c>User-Agent</c> and <c>Cache-Control</c> replace the ones that are sent otherwise. A network does not
    /// get those of the default endpoint, so that one provider never sees another's key.
    /// </summary>
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether requests carry an <c>Idempotency-Key</c>, so that the provider can tell a repeated delivery from a new
    /// invitation: the <see cref="Invitation.Id"/> in quotes, as draft-ietf-httpapi-idempotency-key-header writes it.
    /// Default: <see langword="false"/>, because the web service's documentation does not know the header.
    /// </summary>
    public bool SendIdempotencyKey { get; set; }
}
