using System.Net;

namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>The addresses of one host, judged.</summary>
/// <param name="Host">The host.</param>
/// <param name="Addresses">Each address, with the range that forbids it if one does.</param>
/// <param name="Warning">Why nothing can be sent there; <see langword="null"/>: nothing stands in the way.</param>
internal sealed record HostVerdict(
    string Host, IReadOnlyList<(IPAddress Address, string? Forbidden)> Addresses, string? Warning);
