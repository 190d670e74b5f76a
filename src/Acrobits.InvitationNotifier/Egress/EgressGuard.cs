using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Resolves a provider's name, checks the addresses, and connects only to these.</summary>
/// <param name="current">Returns the profile in force, for requests without a profile of their own.</param>
/// <param name="time">The time.</param>
internal sealed class EgressGuard(Func<ConnectionProfile> current, TimeProvider time)
{
    private readonly AddressRace _race = new(time);

    /// <summary>Resolves a name. Tests replace it.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } =
        new NameLookup(Dns.GetHostAddresses, time).ResolveAsync;

    /// <summary>
    /// The type of the application's own primary handler, which connects instead of this guard; null if there is none.
    /// </summary>
    public string? ReplacedBy { get; set; }

    /// <summary>
    /// Whether a network with certificates of its own was notified. From then on, a request that does not say which connections
    /// it needs is refused, because it can be a copy of a request of that network.
    /// </summary>
    public bool RequiresProfiles { get; set; }

    /// <summary>The profile in force.</summary>
    public ConnectionProfile Current => current();

    /// <summary>Opens a connection for a <see cref="SocketsHttpHandler"/>.</summary>
    /// <exception cref="EgressBlockedException">An address of the name is forbidden.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, ConnectionProfile profile, CancellationToken cancellationToken)
    {
        ResendGuard.Connect(context.InitialRequestMessage);

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
        // The resolver does not accept the unspecified addresses 0.0.0.0 and ::, but the policy must reject them.
        var addresses = IPAddress.TryParse(destination.Host, out var literal)
            ? [literal]
            : await Resolve(destination.Host, cancellationToken).ConfigureAwait(false);
        foreach (var address in addresses)
        {
            // One forbidden address blocks the name, because a mix of public and internal addresses points to an attack.
            policy.ThrowIfForbidden(address);
        }

        var socket = await _race.ConnectAsync(destination.Host, destination.Port, addresses, cancellationToken).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
