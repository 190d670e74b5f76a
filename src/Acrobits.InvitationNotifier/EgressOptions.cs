namespace Acrobits.InvitationNotifier;

/// <summary>
/// Guards against requests into the server's own network. Only public addresses are connected to, checked after name
/// resolution and at the moment of connecting.
/// </summary>
public sealed class EgressOptions
{
    /// <summary>
    /// Exceptions to "public addresses only": ranges in CIDR notation (RFC 4632), for instance <c>10.20.0.0/16</c> or
    /// <c>fd00:12::/32</c>.
    /// </summary>
    public IList<string> AllowedRanges { get; set; } = [];
}
