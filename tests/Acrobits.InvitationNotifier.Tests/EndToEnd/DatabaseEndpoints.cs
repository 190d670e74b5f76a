using System.Collections.Concurrent;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

#pragma warning disable IDE0040 // The example of docs/networks.md, word for word.
sealed class DatabaseEndpoints(NetworkStore store) : IInvitationEndpointProvider
{
    private readonly ConcurrentDictionary<string, InvitationEndpoint> _compiled = new();

    public async ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken)
    {
        if (!_compiled.TryGetValue(networkId, out var endpoint)
            && await store.FindUrlAsync(networkId, cancellationToken) is { } url)   // null: the network has no web service
        {
            endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = url });
            _compiled[networkId] = endpoint;   // remove the entry when the network's settings change
        }

        return endpoint;
    }
}
#pragma warning restore IDE0040
