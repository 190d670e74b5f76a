using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>A compiled web service: its templates and its headers.</summary>
internal sealed class WebService(
    UrlTemplate url, BodyTemplate? body, string contentType, RequestHeaders headers, IReadOnlyList<LookAlike> lookAlikes)
{
    public UrlTemplate Url => url;

    /// <summary>The parts of the templates that look like placeholders but are not.</summary>
    public IReadOnlyList<LookAlike> LookAlikes => lookAlikes;

    /// <summary>Expands the templates with the values of one invitation.</summary>
    /// <returns>Null, or why a value cannot be represented.</returns>
    public string? Expand(Invitation invitation, out ExpandedInvitation expanded)
    {
        byte[]? content = null;
        var problem = url.Expand(invitation, out var uri) ?? body?.Expand(invitation, out content);
        var key = headers.SendIdempotencyKey ? $"\"{invitation.Id ?? Invitation.NewId()}\"" : null;
        expanded = new ExpandedInvitation(uri, content, key);
        return problem;
    }

    /// <summary>Adds the headers and the body to a request.</summary>
    public void Fill(HttpRequestMessage request, ExpandedInvitation expanded, RequestDefaults defaults)
    {
        headers.AddTo(request.Headers, defaults, expanded.IdempotencyKey);
        if (expanded.Body is { } content)
        {
            request.Content = new ByteArrayContent(content);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
    }
}
