using System.Net;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Decides which addresses are allowed: public addresses and the configured ranges.</summary>
internal sealed class EgressPolicy : IEquatable<EgressPolicy>
{
    private readonly IPNetwork[] _allowed;

    private EgressPolicy(IPNetwork[] allowed) => _allowed = allowed;

    public static EgressPolicy Compile(IEnumerable<string> allowedRanges, ProblemScope problems)
    {
        const string Key = $"{nameof(InvitationNotifierOptions.Egress)}:{nameof(EgressOptions.AllowedRanges)}";
        var allowed = new List<IPNetwork>();
        foreach (var (index, range) in allowedRanges.Select((range, index) => (index, range)))
        {
            if (IPNetwork.TryParse(range, out var network) && StartsRange(range, network))
            {
                allowed.Add(network);
            }
            else
            {
                problems.Add(
                    $"{Key}:{index}",
                    "is not a range in CIDR notation. Write its first address and its prefix length, for instance 10.20.0.0/16");
            }
        }

        return new EgressPolicy([.. allowed]);
    }

    /// <summary>Returns the range that forbids an address; null if the address is allowed.</summary>
    public AddressRange? FindForbidden(IPAddress address) =>
        SpecialAddresses.Classify(address) is { } range && !IsAllowed(address, range) ? range : null;

    /// <summary>Throws if an address is forbidden.</summary>
    /// <exception cref="EgressBlockedException">The address is forbidden.</exception>
    public void ThrowIfForbidden(IPAddress address)
    {
        if (FindForbidden(address) is { } range)
        {
            throw new EgressBlockedException(address, range);
        }
    }

    /// <summary>Whether both policies allow the same addresses, so that a reload of other settings keeps connections.</summary>
    public bool Equals(EgressPolicy? other) => other is not null && _allowed.AsSpan().SequenceEqual(other._allowed);

    public override bool Equals(object? obj) => Equals(obj as EgressPolicy);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        Array.ForEach(_allowed, hash.Add);
        return hash.ToHashCode();
    }

    // 10.1.0.0/8 can mean 10.0.0.0/8 or 10.1.0.0/16. The framework would accept it as the wider range.
    private static bool StartsRange(string range, IPNetwork network) =>
        IPAddress.TryParse(range.AsSpan(0, range.IndexOf('/')), out var address) && address.Equals(network.BaseAddress);

    private bool IsAllowed(IPAddress address, AddressRange forbidding)
    {
        var inner = SpecialAddresses.Innermost(address);
        var isInnerForbidden = forbidding.Network.Contains(inner);
        return Array.Exists(_allowed, network => network.Contains(address) || (isInnerForbidden && network.Contains(inner)));
    }
}
