using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>A copy of a configuration section whose nodes know their children. It does not change.</summary>
internal sealed class ConfigurationTree : IConfigurationSection
{
    private Dictionary<string, ConfigurationTree>? _children;

    private ConfigurationTree(string key, string path) => (Key, Path) = (key, path);

    public string Key { get; }

    public string Path { get; }

    public string? Value { get; set; }

    public string? this[string key]
    {
        get => GetSection(key).Value;
        set => throw new NotSupportedException();
    }

    /// <summary>Makes a tree of values by their paths.</summary>
    public static ConfigurationTree Of(IEnumerable<KeyValuePair<string, string?>> pairs)
    {
        var root = new ConfigurationTree("", "");
        foreach (var (path, value) in pairs)
        {
            root.Find(path, create: true).Value = value;
        }

        return root;
    }

    /// <summary>Binding reads lists in this order.</summary>
    public IEnumerable<IConfigurationSection> GetChildren() =>
        _children is null ? [] : _children.Values.OrderBy(child => child.Key, ConfigurationKeyComparer.Instance);

    public IConfigurationSection GetSection(string key) => Find(key, create: false);

    public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

    private ConfigurationTree Find(string path, bool create)
    {
        var node = this;
        foreach (var key in path.Split(ConfigurationPath.KeyDelimiter))
        {
            if (node._children is null || !node._children.TryGetValue(key, out var child))
            {
                child = new ConfigurationTree(key, node.Path.Length == 0 ? key : ConfigurationPath.Combine(node.Path, key));
                if (create)
                {
                    node._children ??= new Dictionary<string, ConfigurationTree>(StringComparer.OrdinalIgnoreCase);
                    node._children.Add(key, child);
                }
            }

            node = child;
        }

        return node;
    }
}
