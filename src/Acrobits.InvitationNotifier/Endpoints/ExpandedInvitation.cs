namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>The templates of one endpoint with the values of one invitation; the same for every attempt.</summary>
/// <param name="Uri">The URL.</param>
/// <param name="Body">The body; null: there is none.</param>
/// <param name="IdempotencyKey">The value of the header, in quotes; null: it is not asked for.</param>
internal readonly record struct ExpandedInvitation(Uri Uri, byte[]? Body, string? IdempotencyKey)
{
    public HttpMethod Method => Body is null ? HttpMethod.Get : HttpMethod.Post;
}
