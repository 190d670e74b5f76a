namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A request to a provider, with the state that <see cref="ConnectionHandler"/> needs.</summary>
/// <remarks>Uses members instead of the request's options, which would allocate a dictionary for each request.</remarks>
internal sealed class ProviderRequest(HttpMethod method, Uri uri) : HttpRequestMessage(method, uri)
{
    /// <summary>The guard against silent resends.</summary>
    public ResendGuard ResendGuard;

    private static readonly HttpRequestOptionsKey<ConnectionProfile> ProfileKey = new("Acrobits.InvitationNotifier.ConnectionProfile");

    private readonly ConnectionProfile? _profile;

    /// <summary>The profile of its connections; null for the configuration in force.</summary>
    public ConnectionProfile? Profile
    {
        get => _profile;
        init
        {
            _profile = value;
            if (value?.Tls is not null)
            {
                // For copies that the application's handlers make.
                Options.Set(ProfileKey, value);
            }
        }
    }

    /// <summary>Returns the profile that a copy of a request kept; null if there is none.</summary>
    public static ConnectionProfile? ProfileOf(HttpRequestMessage copy) => copy.Options.TryGetValue(ProfileKey, out var profile) ? profile : null;

    /// <summary>The last response of the primary handler; null if the request never reached it.</summary>
    public Task<HttpResponseMessage>? LastResponse { get; set; }
}
