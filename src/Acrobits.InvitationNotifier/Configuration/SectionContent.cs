using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>The content of one section when it was read.</summary>
internal sealed class SectionContent
{
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

    private SectionContent(string path, IConfigurationRoot? root)
    {
        Path = path;
        Providers = [.. SectionProviders.All(root)];
    }

    /// <summary>The path of the section; empty for a root.</summary>
    public string Path { get; }

    /// <summary>All providers of the configuration root.</summary>
    public HashSet<IConfigurationProvider> Providers { get; }

    /// <summary>The providers that have keys of the section.</summary>
    public HashSet<IConfigurationProvider> Sources { get; } = [];

    public bool IsEmpty => _keys.Count == 0;

    public IReadOnlyList<Problem> Problems { get; set; } = [];

    /// <summary>The values; null once the options are compiled, because there can be many.</summary>
    public SettingsNode? Values { get; private set; }

    public static SectionContent Read(IConfiguration section)
    {
        var path = section is IConfigurationSection { Path: var found } ? found : "";
        var root = SectionProviders.FindRoot(section);
        var content = new SectionContent(path, root);
        var values = new SettingsNode("");
        if (root is null || !root.Providers.All(provider => SectionProviders.TryRead(provider, provider, path, values, content.Sources)))
        {
            values = new SettingsNode("");
            foreach (var (key, value) in section.AsEnumerable(makePathsRelative: true).Where(pair => pair.Key.Length > 0))
            {
                values.Set(key, value);
            }

            content.Sources.UnionWith(content.Providers.Where(provider => provider.GetChildKeys([], path.Length == 0 ? null : path).Any()));
        }

        content.Values = values;
        content._keys.UnionWith(values.Children.Select(child => child.Key));
        return content;
    }

    /// <summary>Whether a key of the section is present, even if its value is empty.</summary>
    public bool Has(string key) => _keys.Contains(key);

    public void ForgetValues() => Values = null;
}
