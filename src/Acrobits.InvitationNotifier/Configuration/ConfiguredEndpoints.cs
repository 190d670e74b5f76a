namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>The endpoints of the configuration in force.</summary>
internal sealed class ConfiguredEndpoints(ActiveConfiguration configuration) : IInvitationEndpointProvider
{
    public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) =>
        new(configuration.Current.Find(networkId));
}
