using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Finds and reads the configuration providers of a section.</summary>
internal static class SectionProviders
{
    /// <summary>Returns the root of a section; null if the section is not one of the framework's types.</summary>
    public static IConfigurationRoot? FindRoot(IConfiguration section)
    {
        try
        {
            return section as IConfigurationRoot ?? (section is ConfigurationSection part ? RootOf(part) : null);
        }
        catch (MissingFieldException)
        {
            // A later framework version without this field. Reading is slower then, and unreadable files are not reported.
            return null;
        }
    }

    /// <summary>Returns all providers of a root, including those of chained configurations.</summary>
    public static IEnumerable<IConfigurationProvider> All(IConfigurationRoot? root) => root is null
        ? []
        : root.Providers.SelectMany(provider => provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner }
            ? All(inner).Append(provider)
            : [provider]);

    /// <summary>Reads the values of one provider. A chained provider decides which values its inner providers have.</summary>
    /// <returns>False if its keys cannot be read in one pass.</returns>
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

        // A derived provider can keep its keys elsewhere. Its children then differ from those of the dictionary.
        return names.SetEquals(provider.GetChildKeys([], path.Length == 0 ? null : path));
    }

    // The framework scans all keys of all providers for the children of each section, so n networks take n² steps: 53 s for
    // 40,000 networks (dotnet/runtime#65885). Reading the dictionary takes n steps.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref IConfigurationRoot RootOf(ConfigurationSection section);
}
