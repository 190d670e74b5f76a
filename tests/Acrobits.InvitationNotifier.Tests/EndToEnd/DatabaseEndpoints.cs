using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

#pragma warning disable IDE0040 // The example of docs/networks.md, word for word.
sealed class DatabaseEndpoints(IServiceScopeFactory scopes) : IInvitationEndpointProvider
{
    private readonly ConcurrentDictionary<string, InvitationEndpoint> _compiled = new();

    public async ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken)
    {
        if (_compiled.TryGetValue(networkId, out var endpoint))
        {
            return endpoint;
        }

        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<NetworkStore>();
        var url = await store.FindUrlAsync(networkId, cancellationToken);
        if (url is null)
        {
            return null;   // the network has no web service
        }

        endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = url });
        _compiled[networkId] = endpoint;   // remove the entry when the network's settings change
        return endpoint;
    }
}
#pragma warning restore IDE0040
