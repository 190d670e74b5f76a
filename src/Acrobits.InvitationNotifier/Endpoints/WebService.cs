using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>One web service, compiled: its templates and its headers.</summary>
internal sealed class WebService(
    UrlTemplate url, BodyTemplate? body, string contentType, RequestHeaders headers, IReadOnlyList<LookAlike> lookAlikes)
{
    public UrlTemplate Url => url;

    /// <summary>Text in the templates that was probably meant as a placeholder.</summary>
    public IReadOnlyList<LookAlike> LookAlikes => lookAlikes;

    /// <summary>Expands the templates with the values of one invitation.</summary>
    /// <returns>Null, or why a value cannot be carried.</returns>
    public string? Expand(Invitation invitation, out ExpandedInvitation expanded)
    {
        byte[]? content = null;
        var problem = url.Expand(invitation, out var uri) ?? body?.Expand(invitation, out content);
        var key = headers.WantIdempotencyKey ? $"\"{invitation.Id ?? Invitation.NewId()}\"" : null;
        expanded = new ExpandedInvitation(uri, content, key);
        return problem;
    }

    /// <summary>Adds headers and body to a request.</summary>
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
