using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Reads all keys and values of a section at once.</summary>
/// <remarks>
/// The framework finds the children of a section by going through all keys of all providers, so that reading n networks
/// takes n² steps: minutes for 20,000 of them (dotnet/runtime#65885). Providers hold their keys in one dictionary, which
/// is open to those that derive from <see cref="ConfigurationProvider"/>; read from there, it takes n steps.
/// </remarks>
internal static class ConfigurationPairs
{
    /// <summary>Reads a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="known">A configuration that the section may be a part of: only a root shows its providers.</param>
    /// <returns>The section's values by their paths within it.</returns>
    public static Dictionary<string, string?> Read(IConfiguration section, IConfiguration? known)
    {
        var pairs = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (FindRoot(section, known) is { } root)
        {
            var prefix = section is IConfigurationSection { Path: var path } ? path + ConfigurationPath.KeyDelimiter : "";
            if (root.Providers.All(provider => TryRead(provider, provider, prefix, pairs)))
            {
                return pairs;
            }

            pairs.Clear();
        }

        foreach (var (key, value) in section.AsEnumerable(makePathsRelative: true))
        {
            pairs[key] = value;
        }

        return pairs;
    }

    // A section hands on the token of the root that it belongs to.
    private static IConfigurationRoot? FindRoot(IConfiguration section, IConfiguration? known) =>
        section as IConfigurationRoot
        ?? (known is IConfigurationRoot root && ReferenceEquals(root.GetReloadToken(), section.GetReloadToken()) ? root : null);

    // A later provider's value replaces an earlier one's; the outermost decides what the values of a chained one are.
    private static bool TryRead(
        IConfigurationProvider provider, IConfigurationProvider outermost, string prefix, Dictionary<string, string?> pairs)
    {
        if (provider is ChainedConfigurationProvider { Configuration: var chained })
        {
            return chained is IConfigurationRoot root
                && root.Providers.All(inner => TryRead(inner, outermost, prefix, pairs));
        }

        if (provider is not ConfigurationProvider derived)
        {
            return false;
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in DataOf(derived).Keys)
        {
            if (!key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var relative = key[prefix.Length..];
            var end = relative.IndexOf(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            names.Add(end < 0 ? relative : relative[..end]);
            if (outermost.TryGet(key, out var value))
            {
                pairs[relative] = value;
            }
        }

        // A provider is free to have its keys elsewhere; then its children are not those of the dictionary.
        return names.SetEquals(provider.GetChildKeys([], prefix.Length == 0 ? null : prefix[..^1]));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);
}
