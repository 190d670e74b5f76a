using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>A key of a configuration section, with its value and child keys.</summary>
internal sealed class SettingsNode(string key)
{
    private Dictionary<string, SettingsNode>? _children;

    public string Key => key;

    public string? Value { get; set; }

    public IReadOnlyCollection<SettingsNode> Children => _children is null ? [] : _children.Values;

    /// <summary>Whether the keys are 0, 1, 2 and so on, as those of a JSON array are.</summary>
    public bool IsArray => _children is not null
        && Enumerable.Range(0, _children.Count).All(index => _children.ContainsKey($"{index}"));

    public SettingsNode? Find(string key) => _children?.GetValueOrDefault(key);

    /// <summary>Sets the value at a path, and adds missing keys on the path.</summary>
    public void Set(ReadOnlySpan<char> path, string? value)
    {
        var node = this;
        foreach (var range in path.Split(ConfigurationPath.KeyDelimiter))
        {
            node = node.FindOrAdd(path[range]);
        }

        node.Value = value;
    }

    /// <summary>Returns how many leading keys of a path exist.</summary>
    public int DepthOf(string path)
    {
        var depth = 0;
        for (var (node, keys) = (this, path.Split(ConfigurationPath.KeyDelimiter)); depth < keys.Length; depth++)
        {
            if (node.Find(keys[depth]) is not { } child)
            {
                break;
            }

            node = child;
        }

        return depth;
    }

    private SettingsNode FindOrAdd(ReadOnlySpan<char> key)
    {
        _children ??= new Dictionary<string, SettingsNode>(StringComparer.OrdinalIgnoreCase);
        var byKey = _children.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!byKey.TryGetValue(key, out var child))
        {
            child = new SettingsNode(key.ToString());
            _children.Add(child.Key, child);
        }

        return child;
    }
}
