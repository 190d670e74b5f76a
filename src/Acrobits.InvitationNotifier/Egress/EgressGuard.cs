using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Looks a provider's name up, and connects to the very addresses that it has checked.</summary>
/// <param name="current">The profile in force, for requests that have none of their own.</param>
/// <param name="time">The time.</param>
internal sealed class EgressGuard(Func<ConnectionProfile> current, TimeProvider time)
{
    private readonly AddressRace _race = new(time);

    /// <summary>How names are looked up; tests put their own answers here.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } =
        new NameLookup(Dns.GetHostAddresses, time).ResolveAsync;

    /// <summary>The profile in force.</summary>
    public ConnectionProfile Current => current();

    /// <summary>Opens a connection for a <see cref="SocketsHttpHandler"/>.</summary>
    /// <exception cref="EgressBlockedException">One of the name's addresses is forbidden.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, ConnectionProfile profile, CancellationToken cancellationToken)
    {
        Pass.Connect(context.InitialRequestMessage);

        using var timer = new CancellationTokenSource(profile.ConnectTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await ConnectAsync(context.DnsEndPoint, profile.Egress, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No connection to {context.DnsEndPoint.Host}:{context.DnsEndPoint.Port} within {profile.ConnectTimeout:c}.");
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
