namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>The expanded templates of an endpoint for one invitation. All attempts share them.</summary>
/// <param name="Uri">The URL.</param>
/// <param name="Body">The body; null for a GET request.</param>
/// <param name="Id">The id that identifies the event to the provider; null if requests do not send it.</param>
internal readonly record struct ExpandedInvitation(Uri Uri, byte[]? Body, string? Id)
{
    public HttpMethod Method => Body is null ? HttpMethod.Get : HttpMethod.Post;
}
