using System.Net;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Whether the notifier would connect to a host.</summary>
/// <param name="Host">The host.</param>
/// <param name="Addresses">Its addresses, each with the range that forbids it, if one does.</param>
/// <param name="Warning">Why nothing can be sent to it. Null: it can.</param>
internal sealed record HostFinding(
    string Host, IReadOnlyList<(IPAddress Address, string? Forbidden)> Addresses, string? Warning);
