namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A request to a provider, with the state that <see cref="ConnectionHandler"/> needs.</summary>
/// <remarks>Uses members instead of the request's options, which would allocate a dictionary for each request.</remarks>
internal sealed class ProviderRequest(HttpMethod method, Uri uri) : HttpRequestMessage(method, uri)
{
    /// <summary>The guard against silent resends.</summary>
    public ResendGuard ResendGuard;

    /// <summary>The profile of its connections; null for the configuration in force.</summary>
    public ConnectionProfile? Profile { get; set; }

    /// <summary>The last response of the primary handler; null if the request never reached it.</summary>
    public Task<HttpResponseMessage>? LastResponse { get; set; }
}
