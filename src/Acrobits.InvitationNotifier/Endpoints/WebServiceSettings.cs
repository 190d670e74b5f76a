namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>The options of one event's web service, each with its key.</summary>
internal readonly record struct WebServiceSettings(
    string UrlKey, string? Url, string PostDataKey, string? PostData, string ContentTypeKey, string? ContentType)
{
    public bool HasUrl => !string.IsNullOrWhiteSpace(Url);

    public bool HasPostData => !string.IsNullOrWhiteSpace(PostData);

    /// <summary>Returns the options of both web services.</summary>
    public static WebServiceSettings[] All(InvitationWebServiceOptions options) => [Created(options), Accepted(options)];

    public static WebServiceSettings Created(InvitationWebServiceOptions options) => new(
        nameof(options.InvitationCreatedUrl),
        options.InvitationCreatedUrl,
        nameof(options.InvitationCreatedPostData),
        options.InvitationCreatedPostData,
        nameof(options.InvitationCreatedContentType),
        options.InvitationCreatedContentType);

    public static WebServiceSettings Accepted(InvitationWebServiceOptions options) => new(
        nameof(options.InvitationAcceptedUrl),
        options.InvitationAcceptedUrl,
        nameof(options.InvitationAcceptedPostData),
        options.InvitationAcceptedPostData,
        nameof(options.InvitationAcceptedContentType),
        options.InvitationAcceptedContentType);
}
