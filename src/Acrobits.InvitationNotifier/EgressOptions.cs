using System.Net;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier;

/// <summary>
/// Options that restrict which addresses the notifier connects to. Only public addresses are allowed by default.
/// </summary>
/// <remarks>
/// Protects the server's own network against server-side request forgery. Addresses are checked after name resolution, and
/// the notifier connects to exactly the addresses that it checked.
/// </remarks>
public sealed class EgressOptions
{
    /// <summary>
    /// The ranges that are allowed in addition to public addresses, in CIDR notation (RFC 4632), for instance
    /// <c>10.20.0.0/16</c> or <c>fd00:12::/32</c>. Default: empty.
    /// </summary>
    public IList<string> AllowedRanges { get; set; } = [];

    /// <summary>
    /// Whether the application replaces the client's primary handler on purpose, and so takes over the egress and TLS rules.
    /// Default: <see langword="false"/>; a replaced handler is then logged as a warning at start.
    /// </summary>
    public bool ReplacedHandlerIsIntended { get; set; }

    /// <summary>Finds the range that forbids connections to an address. Use it in tools that explain a configuration.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The range with its purpose and its source, or <see langword="null"/> if the address is allowed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException">
    /// <see cref="AllowedRanges"/> has an entry that is not a range in CIDR notation.
    /// </exception>
    public string? FindForbiddenRange(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);

        return InvitationEndpoint.FindForbiddenRange(this, address);
    }
}
