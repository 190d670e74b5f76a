using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>Compiles the options of a web service, and reports their problems.</summary>
internal static class WebServiceCompiler
{
    // Each one is logged as a warning; a template must not flood the log.
    private const int MaxLookAlikes = 10;

    /// <summary>Compiles the options. Returns null if there is no web service, or if problems were added.</summary>
    public static WebService? Compile(InvitationWebServiceOptions options, ProblemScope problems)
    {
        const string UrlKey = nameof(options.InvitationCreatedUrl);
        const string PostDataKey = nameof(options.InvitationCreatedPostData);

        var known = problems.Count;
        var hasBody = !string.IsNullOrWhiteSpace(options.InvitationCreatedPostData);
        var format = ContentTypes.Parse(options.InvitationCreatedContentType, problems.At(nameof(options.InvitationCreatedContentType)));
        var body = hasBody && format is { } found
            ? BodyTemplate.Compile(options.InvitationCreatedPostData!, found, problems.At(PostDataKey))
            : null;

        if (string.IsNullOrWhiteSpace(options.InvitationCreatedUrl))
        {
            if (hasBody)
            {
                problems.Add(UrlKey, $"is missing, but {PostDataKey} is set. Set the URL, or remove the post data");
            }

            RequestHeaders.Compile(options, url: null, problems);
            return null;
        }

        var url = UrlTemplate.Compile(options.InvitationCreatedUrl, problems.At(UrlKey));
        var headers = RequestHeaders.Compile(options, url, problems);
        if (problems.Count > known)
        {
            return null;
        }

        var lookAlikes = Placeholder.FindLookAlikes(options.InvitationCreatedUrl)
            .Select(found => new LookAlike(UrlKey, found.Start + 1, found.Nearest))
            .Concat(Placeholder.FindLookAlikes(hasBody ? options.InvitationCreatedPostData! : "")
                .Select(found => new LookAlike(PostDataKey, found.Start + 1, found.Nearest)))
            .Take(MaxLookAlikes)
            .ToArray();
        return new WebService(url!, body, ContentTypes.HeaderValue(options.InvitationCreatedContentType), headers, lookAlikes);
    }
}
