namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A request to a provider, with the state that <see cref="ConnectionHandler"/> needs.</summary>
/// <remarks>Uses members instead of the request's options, which would allocate a dictionary for each request.</remarks>
internal sealed class ProviderRequest(HttpMethod method, Uri uri) : HttpRequestMessage(method, uri)
{
    /// <summary>The guard against silent resends.</summary>
    public ResendGuard ResendGuard;

    private static readonly HttpRequestOptionsKey<ConnectionProfile> ProfileKey = new("Acrobits.InvitationNotifier.ConnectionProfile");

    /// <summary>The profile of its connections; null for the configuration in force.</summary>
    public ConnectionProfile? Profile { get; init; }

    /// <summary>The last response of the primary handler; null if the request never reached it.</summary>
    public Task<HttpResponseMessage>? LastResponse { get; set; }

    /// <summary>Returns the profile that a copy of a request has kept; null if there is none.</summary>
    public static ConnectionProfile? ProfileOf(HttpRequestMessage copy) => copy.Options.TryGetValue(ProfileKey, out var profile) ? profile : null;

    /// <summary>Puts the profile where the application's handlers copy it to the copies of the request.</summary>
    public void KeepProfileInCopies() => Options.Set(ProfileKey, Profile!);
}
