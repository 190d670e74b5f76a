using System.Net;
using Microsoft.Extensions.Options;

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

    /// <summary>Judges an address as the notifier does at the moment of connecting; for tools that explain a configuration.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The range that forbids it, its purpose and its source; <see langword="null"/> where it may be connected to.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="OptionsValidationException"><see cref="AllowedRanges"/> has an entry that is no range.</exception>
    public string? FindForbiddenRange(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);

        return InvitationEndpoint.FindForbiddenRange(this, address);
    }
}
