namespace Acrobits.InvitationNotifier;

/// <summary>Options of the signature of requests, as the Standard Webhooks specification defines it.</summary>
/// <remarks>
/// A signed request has the headers <c>webhook-id</c> (the <see cref="Invitation.Id"/>), <c>webhook-timestamp</c> (when the
/// attempt was made, in seconds since 1970) and <c>webhook-signature</c>. The signature covers the id, the timestamp and the
/// body; for GET, which has no body, the request target, which is the path and the query as they are sent.
/// </remarks>
public sealed class SigningOptions
{
    /// <summary>
    /// The secrets: <c>whsec_</c> followed by 24 to 64 random bytes in Base64. A request has one signature for each of them, so
    /// that a provider can change its secret while requests arrive. Default: empty; requests are not signed.
    /// </summary>
    public IList<string> Secrets { get; set; } = [];
}
