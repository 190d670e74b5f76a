namespace Acrobits.InvitationNotifier;

/// <summary>Provides the web services of each network.</summary>
/// <remarks>
/// The default implementation reads <see cref="InvitationNotifierOptions"/>. To keep endpoints elsewhere, for instance in a
/// database, register your own implementation as a singleton.
/// </remarks>
public interface IInvitationEndpointProvider
{
    /// <summary>Returns the web services of a network. Called once for each notification.</summary>
    /// <remarks>
    /// Compile each endpoint once with <see cref="InvitationEndpoint.Create(InvitationEndpointOptions)"/> and return the same
    /// instance from each call. An exception from this method is passed on to the caller of
    /// <see cref="IInvitationNotifier.NotifyAsync"/>.
    /// </remarks>
    /// <param name="networkId">The network id of the invitation.</param>
    /// <param name="cancellationToken">The cancellation token of the notification.</param>
    /// <returns>The endpoint, or <see langword="null"/> if the network has no web service.</returns>
    ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken);
}
