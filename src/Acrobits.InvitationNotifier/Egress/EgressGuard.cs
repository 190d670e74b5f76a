using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Configuration;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Looks a provider's name up, and connects to the very addresses that it has checked.</summary>
internal sealed class EgressGuard(SettingsProvider configuration, TimeProvider time)
{
    private readonly AddressRace _race = new(time);

    /// <summary>How names are looked up; tests put their own answers here.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } =
        new NameLookup(Dns.GetHostAddresses, time).ResolveAsync;

    /// <summary>Opens a connection under the policy in force.</summary>
    /// <exception cref="EgressBlockedException">One of the name's addresses is forbidden.</exception>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context, configuration.Current.Connections.Egress, cancellationToken);

    /// <summary>Opens a connection for a <see cref="SocketsHttpHandler"/>.</summary>
    /// <exception cref="EgressBlockedException">One of the name's addresses is forbidden.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, EgressPolicy policy, CancellationToken cancellationToken)
    {
        Pass.Connect(context.InitialRequestMessage);

        // The client goes on connecting for a while after its request has timed out.
        var timeout = configuration.Current.Delivery.AttemptTimeout;
        using var timer = new CancellationTokenSource(timeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await ConnectAsync(context.DnsEndPoint, policy, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No connection to {context.DnsEndPoint.Host}:{context.DnsEndPoint.Port} within {timeout:c}.");
        }
    }

    private async Task<Stream> ConnectAsync(DnsEndPoint destination, EgressPolicy policy, CancellationToken cancellationToken)
    {
        // The resolver does not take the unspecified addresses, 0.0.0.0 and ::, which must be refused as all others.
        var addresses = IPAddress.TryParse(destination.Host, out var literal)
            ? [literal]
            : await Resolve(destination.Host, cancellationToken).ConfigureAwait(false);
        foreach (var address in addresses)
        {
            // One forbidden answer forbids the name: whoever mixes them in wants the server to try them.
            policy.ThrowIfForbidden(address);
        }

        var socket = await _race.ConnectAsync(destination.Host, destination.Port, addresses, cancellationToken).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
