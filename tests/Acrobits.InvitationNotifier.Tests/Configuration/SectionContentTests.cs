using Acrobits.InvitationNotifier.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Primitives;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>Whatever a section's values come from, they are those that the framework itself finds.</summary>
public class SectionContentTests
{
    private static readonly Dictionary<string, string?> First = new()
    {
        ["App:UserAgent"] = "first",
        ["App:Networks:a:InvitationCreatedUrl"] = "http://a.example/",
        ["App:Networks:b:InvitationCreatedUrl"] = "http://b.example/",
        ["Application:UserAgent"] = "another section's",
    };

    private static readonly Dictionary<string, string?> Second = new() { ["APP:useragent"] = "second", ["App:Networks:a:InvitationCreatedUrl"] = null };

    public static TheoryData<string> Sources => ["derived", "chained", "chained twice", "foreign", "keys elsewhere"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Read_Section_HasTheValuesThatTheFrameworkFinds(string source)
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(First).Add(Source(source)).Build();
        var section = root.GetSection("App");

        var pairs = Read(section);

        Assert.Equal(Values(section.AsEnumerable(makePathsRelative: true)), Values(pairs));
        Assert.Equal("second", pairs["UserAgent"]);
        Assert.Equal("http://b.example/", pairs["Networks:b:InvitationCreatedUrl"]);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Read_Section_KnowsTheProvidersOfItsKeys(string source)
    {
        var root = new ConfigurationBuilder()
            .AddInMemoryCollection(First)
            .AddInMemoryCollection([KeyValuePair.Create("Other:Key", (string?)"1")])
            .Add(Source(source))
            .Build();

        var content = SectionContent.Read(root.GetSection("App"));

        Assert.Contains(root.Providers.First(), content.Sources);
        Assert.DoesNotContain(root.Providers.ElementAt(1), content.Sources);
        Assert.True(content.Sources.Count >= 2);
        Assert.Superset(content.Sources, content.Providers);
    }

    private static Dictionary<string, string?> Read(IConfiguration section)
    {
        var pairs = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        void Add(SettingsNode node, string path)
        {
            pairs.Add(path, node.Value);
            foreach (var child in node.Children)
            {
                Add(child, path.Length == 0 ? child.Key : $"{path}:{child.Key}");
            }
        }

        Add(SectionContent.Read(section).Values!, "");
        return pairs;
    }

    // The framework lists the groups too, which have no value.
    private static IEnumerable<(string Path, string? Value)> Values(IEnumerable<KeyValuePair<string, string?>> pairs) => pairs
        .Where(pair => pair.Value is not null)
        .Select(pair => (pair.Key.ToUpperInvariant(), pair.Value))
        .Order();

    private static IConfigurationSource Source(string source) => source switch
    {
        "derived" => new MemoryConfigurationSource { InitialData = Second },
        "chained" => Chained(new MemoryConfigurationSource { InitialData = Second }),
        "chained twice" => Chained(Chained(new MemoryConfigurationSource { InitialData = Second })),
        "foreign" => new OtherSource(new ForeignProvider()),
        _ => new OtherSource(new ElsewhereProvider()),
    };

    private static ChainedConfigurationSource Chained(IConfigurationSource source) =>
        new() { Configuration = new ConfigurationBuilder().Add(source).Build() };

    private sealed class OtherSource(IConfigurationProvider provider) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => provider;
    }

    /// <summary>Has nothing in common with the framework's providers but the interface.</summary>
    private sealed class ForeignProvider : IConfigurationProvider
    {
        private readonly MemoryConfigurationProvider _inner = new(new MemoryConfigurationSource { InitialData = Second });

        public IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) => _inner.GetChildKeys(earlierKeys, parentPath);

        public IChangeToken GetReloadToken() => _inner.GetReloadToken();

        public void Load() => _inner.Load();

        public void Set(string key, string? value) => _inner.Set(key, value);

        public bool TryGet(string key, out string? value) => _inner.TryGet(key, out value);
    }

    /// <summary>Derives from the framework's provider, and does not use its dictionary.</summary>
    private sealed class ElsewhereProvider : ConfigurationProvider
    {
        private readonly ForeignProvider _inner = new();

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) => _inner.GetChildKeys(earlierKeys, parentPath);

        public override bool TryGet(string key, out string? value) => _inner.TryGet(key, out value);
    }
}
