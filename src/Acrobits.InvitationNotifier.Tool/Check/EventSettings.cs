namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>The options that belong to the web service of one event. The others are those of the network.</summary>
/// <param name="Event">The event.</param>
/// <param name="Url">The URL template.</param>
/// <param name="PostData">The post data template.</param>
/// <param name="ContentType">The content type.</param>
internal sealed record EventSettings(InvitationEvent Event, string? Url, string? PostData, string? ContentType)
{
    public bool HasUrl => !string.IsNullOrWhiteSpace(Url);

    public bool HasPostData => !string.IsNullOrWhiteSpace(PostData);

    public string UrlKey => $"Invitation{Event}Url";

    public string PostDataKey => $"Invitation{Event}PostData";

    public string ContentTypeKey => $"Invitation{Event}ContentType";

    public static EventSettings Of(InvitationWebServiceOptions options, InvitationEvent invitationEvent) =>
        invitationEvent == InvitationEvent.Created
            ? new(invitationEvent, options.InvitationCreatedUrl, options.InvitationCreatedPostData, options.InvitationCreatedContentType)
            : new(invitationEvent, options.InvitationAcceptedUrl, options.InvitationAcceptedPostData, options.InvitationAcceptedContentType);

    public void ApplyTo(InvitationWebServiceOptions options)
    {
        if (Event == InvitationEvent.Created)
        {
            (options.InvitationCreatedUrl, options.InvitationCreatedPostData, options.InvitationCreatedContentType) =
                (Url, PostData, ContentType);
        }
        else
        {
            (options.InvitationAcceptedUrl, options.InvitationAcceptedPostData, options.InvitationAcceptedContentType) =
                (Url, PostData, ContentType);
        }
    }
}
