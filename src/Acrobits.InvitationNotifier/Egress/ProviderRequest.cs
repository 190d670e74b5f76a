namespace Acrobits.InvitationNotifier.Egress;

/// <summary>A request to a provider, with what <see cref="ConnectionHandler"/> needs to know of it.</summary>
/// <remarks>Fields of its own, because the options of a request are a dictionary for each.</remarks>
internal sealed class ProviderRequest(HttpMethod method, Uri uri) : HttpRequestMessage(method, uri)
{
    /// <summary>The state of the current pass.</summary>
    public Pass Pass;

    /// <summary>The connections that it may use; null: those of the configuration in force.</summary>
    public ConnectionProfile? Profile { get; set; }

    /// <summary>What the primary handler made of it the last time; null where it never got there.</summary>
    public Task<HttpResponseMessage>? LastPass { get; set; }
}
