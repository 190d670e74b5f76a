using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>The providers behind a configuration section.</summary>
internal static class SectionProviders
{
    /// <summary>The root that a section belongs to; null where it is no section of the framework's.</summary>
    public static IConfigurationRoot? FindRoot(IConfiguration section)
    {
        try
        {
            return section as IConfigurationRoot ?? (section is ConfigurationSection part ? RootOf(part) : null);
        }
        catch (MissingFieldException)
        {
            // Another version of the framework: slower, and no word of files that cannot be read.
            return null;
        }
    }

    /// <summary>All providers of a root, those of chained configurations included.</summary>
    public static IEnumerable<IConfigurationProvider> All(IConfigurationRoot? root) => root is null
        ? []
        : root.Providers.SelectMany(provider => provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner }
            ? All(inner).Append(provider)
            : [provider]);

    /// <summary>The values of one provider; a chained one decides what the values of its inner providers are.</summary>
    /// <returns>False where its keys cannot be read at once.</returns>
    public static bool TryRead(
        IConfigurationProvider provider, IConfigurationProvider outermost, string path, SettingsNode into, HashSet<IConfigurationProvider> sources)
    {
        if (provider is ChainedConfigurationProvider { Configuration: var chained })
        {
            return chained is IConfigurationRoot root
                && root.Providers.All(inner => TryRead(inner, outermost, path, into, sources));
        }

        if (provider is not ConfigurationProvider derived)
        {
            return false;
        }

        var prefix = path.Length == 0 ? "" : path + ConfigurationPath.KeyDelimiter;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var known = names.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var key in DataOf(derived).Keys)
        {
            if (key.Length > prefix.Length && key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && outermost.TryGet(key, out var value))
            {
                var relative = key.AsSpan(prefix.Length);
                var end = relative.IndexOf(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
                known.Add(end < 0 ? relative : relative[..end]);
                into.Set(relative, value);
            }
        }

        if (names.Count > 0)
        {
            sources.Add(provider);
        }

        // A provider is free to have its keys elsewhere; then its children are not those of the dictionary.
        return names.SetEquals(provider.GetChildKeys([], path.Length == 0 ? null : path));
    }

    // The framework finds the children of a section by going through all keys of all providers, so that n networks take n²
    // steps: minutes for 20,000 (dotnet/runtime#65885). From here they take n.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref IConfigurationRoot RootOf(ConfigurationSection section);
}
