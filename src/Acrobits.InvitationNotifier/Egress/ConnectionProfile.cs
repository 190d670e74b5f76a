namespace Acrobits.InvitationNotifier.Egress;

/// <summary>The settings of a connection. A connection only serves requests with the same profile.</summary>
/// <param name="ReuseConnections">Whether the connection is kept after its request.</param>
/// <param name="Egress">The policy that restricts the addresses.</param>
/// <param name="ConnectTimeout">
/// The timeout of the name look-up and the connects, which go on after their request has timed out.
/// </param>
/// <param name="Tls">The network's own certificates; null if it has none.</param>
internal sealed record ConnectionProfile(
    bool ReuseConnections, EgressPolicy Egress, TimeSpan ConnectTimeout, TlsMaterial? Tls = null);
