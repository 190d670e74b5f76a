using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>The content of one section when it was read.</summary>
internal sealed class SectionContent
{
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

    public bool IsEmpty { get; private set; }

    /// <summary>Whether the URL of the default endpoint is present, even if it is empty.</summary>
    public bool HasUrl { get; private set; }

    public bool HasNetworks { get; private set; }

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
        content.IsEmpty = values.Children.Count == 0;
        content.HasUrl = values.Find(nameof(InvitationNotifierOptions.InvitationCreatedUrl)) is not null;
        content.HasNetworks = values.Find(nameof(InvitationNotifierOptions.Networks)) is not null;
        return content;
    }

    public void ForgetValues() => Values = null;
}
