using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>A compiled web service: its templates, its headers and its signature.</summary>
internal sealed class WebService(
    UrlTemplate url,
    BodyTemplate? body,
    string contentType,
    RequestHeaders headers,
    RequestSigner? signer)
{
    public UrlTemplate Url => url;

    /// <summary>Whether requests send the id of the invitation.</summary>
    public bool SendsId => headers.SendIdempotencyKey || signer is not null;

    /// <summary>Expands the templates with the values of one invitation.</summary>
    /// <returns>Null, or why a value cannot be represented.</returns>
    public string? Expand(Invitation invitation, out ExpandedInvitation expanded)
    {
        byte[]? content = null;
        var problem = url.Expand(invitation, out var uri) ?? body?.Expand(invitation, out content);
        expanded = new ExpandedInvitation(uri, content, SendsId ? IdOf(invitation) : null);
        return problem;
    }

    /// <summary>Adds the headers and the body to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="expanded">The expanded templates.</param>
    /// <param name="defaults">The settings that all requests share.</param>
    /// <param name="time">The clock of the timestamp that is signed.</param>
    public void Fill(HttpRequestMessage request, ExpandedInvitation expanded, RequestDefaults defaults, TimeProvider time)
    {
        headers.AddTo(request.Headers, defaults, expanded.Id);
        signer?.Sign(request.Headers, expanded, time.GetUtcNow());
        if (expanded.Body is { } content)
        {
            request.Content = new ByteArrayContent(content);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
    }

    // An application can give both events of an invitation the same id. A provider that remembers ids must not take the second
    // event for a repetition of the first.
    private static string IdOf(Invitation invitation) => invitation switch
    {
        { Id: null } => Invitation.NewId(),
        { Event: InvitationEvent.Accepted } => invitation.Id + "-accepted",
        _ => invitation.Id,
    };
}
