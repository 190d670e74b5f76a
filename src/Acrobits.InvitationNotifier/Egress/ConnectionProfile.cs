namespace Acrobits.InvitationNotifier.Egress;

/// <summary>What a connection is opened with. It serves only requests of the same profile.</summary>
/// <param name="ReuseConnections">Whether the connection is kept after its request.</param>
/// <param name="Egress">Which addresses may be connected to.</param>
/// <param name="ConnectTimeout">How long the name look-up and the connects may take: the client goes on with them after its request has timed out.</param>
internal sealed record ConnectionProfile(bool ReuseConnections, EgressPolicy Egress, TimeSpan ConnectTimeout);
