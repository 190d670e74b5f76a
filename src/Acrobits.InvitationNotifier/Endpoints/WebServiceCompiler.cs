using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>Compiles the options of both web services, and reports their problems.</summary>
internal static class WebServiceCompiler
{
    /// <summary>
    /// Compiles the options. A web service is null if it has no URL; both are null if problems were added.
    /// </summary>
    public static (WebService? Created, WebService? Accepted) Compile(InvitationWebServiceOptions options, ProblemScope problems)
    {
        var known = problems.Count;
        var headers = RequestHeaders.Compile(options, problems);
        var signer = RequestSigner.Compile(options.Signing, problems.At(nameof(options.Signing)));
        var created = Compile(WebServiceSettings.Created(options), headers, signer, problems);
        var accepted = Compile(WebServiceSettings.Accepted(options), headers, signer, problems);
        return problems.Count == known ? (created, accepted) : default;
    }

    private static WebService? Compile(WebServiceSettings settings, RequestHeaders headers, RequestSigner? signer, ProblemScope problems)
    {
        var known = problems.Count;
        var format = ContentTypes.Parse(settings.ContentType, problems.At(settings.ContentTypeKey));
        var body = settings.HasPostData && format is { } found
            ? BodyTemplate.Compile(settings.PostData!, found, problems.At(settings.PostDataKey))
            : null;

        if (!settings.HasUrl)
        {
            if (settings.HasPostData)
            {
                problems.Add(settings.UrlKey, $"is missing, but {settings.PostDataKey} is set. Set the URL, or remove the post data");
            }

            return null;
        }

        var url = UrlTemplate.Compile(settings.Url!, problems.At(settings.UrlKey));
        var own = headers.WithCredentials(url?.Credentials, settings.UrlKey, problems);
        if (problems.Count > known)
        {
            return null;
        }

        return new WebService(url!, body, ContentTypes.HeaderValue(settings.ContentType), own, signer);
    }
}
