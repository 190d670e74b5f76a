namespace Acrobits.InvitationNotifier;

/// <summary>
/// Finds the web service of a network. The default reads <see cref="InvitationNotifierOptions"/>; an application that
/// keeps its endpoints elsewhere, for instance in a database, registers its own implementation as a singleton.
/// </summary>
public interface IInvitationEndpointProvider
{
    /// <summary>Finds the web service of one network. Called once for each notification.</summary>
    /// <remarks>
    /// Endpoints are meant to be compiled once and returned many times, see
    /// <see cref="InvitationEndpoint.Create(InvitationEndpointOptions)"/>. What this method throws reaches the caller of
    /// <see cref="IInvitationNotifier.NotifyAsync"/>: it is the application's failure, not a provider's.
    /// </remarks>
    /// <param name="networkId">The network, as it stands in the invitation.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    /// <returns>The endpoint, or <see langword="null"/> where the network has no web service.</returns>
    ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken);
}
