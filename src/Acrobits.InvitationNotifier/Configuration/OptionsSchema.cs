using System.Globalization;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// A table of keys that defines how each one is read from a section into the options, and which values are valid.
/// </summary>
internal sealed class OptionsSchema<T>
    where T : class
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Dictionary<string, Action<SettingsNode, T, ProblemScope>> _readers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Action<T, ProblemScope>> _checks = [];

    /// <summary>The paths of all keys, including those in groups.</summary>
    public List<string> Paths { get; } = [];

    public OptionsSchema<T> Text(string name, Action<T, string> set, string? ifGroup = null) =>
        Value(name, Values.ParseText, set, ifGroup ?? Values.Not("a string"));

    public OptionsSchema<T> Switch(string name, Action<T, bool> set) => Value(name, Values.ParseSwitch, set, Values.Not("true or false"));

    /// <summary>Adds a time of up to a day.</summary>
    public OptionsSchema<T> Time(string name, Func<T, TimeSpan> get, Action<T, TimeSpan> set, TimeSpan least = default) =>
        Value(name, Values.ParseTime, set, Values.Not("a time such as 00:00:10")).Check(name, options =>
            get(options) < least || get(options) > Day
                ? $"{get(options):c} is out of range. Use a time (hh:mm:ss) from {least:c} to 24 hours (1.00:00:00)"
                : null);

    public OptionsSchema<T> Number(string name, Func<T, int> get, Action<T, int> set, int least) =>
        Value(name, Values.ParseNumber, set, Values.Not("a whole number")).Check(name, options => get(options) < least
            ? string.Create(CultureInfo.InvariantCulture, $"{get(options)} is out of range. Use {least} or more")
            : null);

    public OptionsSchema<T> Ratio(string name, Func<T, double> get, Action<T, double> set) =>
        Value(name, Values.ParseFraction, set, Values.Not("a number such as 0.5")).Check(name, options => get(options) is > 0 and <= 1
            ? null
            : "is out of range. Use a number above 0 and at most 1");

    /// <summary>Adds a number per second, which is null if there is no limit.</summary>
    public OptionsSchema<T> Rate(string name, Func<T, double?> get, Action<T, double> set) =>
        Value(name, Values.ParseFraction, set, Values.Not("a number such as 0.5")).Check(name, options => get(options) is null or (> 0 and <= 100_000)
            ? null
            : "is out of range. Use a number above 0 and at most 100000, or leave it out for no limit");

    /// <summary>Adds a group of known keys.</summary>
    public OptionsSchema<T> Group<TGroup>(string name, Func<T, TGroup> get, OptionsSchema<TGroup> keys)
        where TGroup : class
    {
        Paths.AddRange(keys.Paths.Select(path => $"{name}:{path}"));
        _checks.Add((options, problems) => keys.Check(get(options), problems.At(name)));
        return Items(name, "a group of keys", (node, options, problems) => keys.Read(node, get(options), problems));
    }

    /// <summary>Adds a group of known keys that is null unless it has keys.</summary>
    public OptionsSchema<T> OptionalGroup<TGroup>(string name, Func<T, TGroup> create, OptionsSchema<TGroup> keys)
        where TGroup : class
    {
        Paths.AddRange(keys.Paths.Select(path => $"{name}:{path}"));
        return Items(name, "a group of keys", (node, options, problems) =>
        {
            if (node.Children.Count > 0)
            {
                keys.Read(node, create(options), problems);
            }
        });
    }

    /// <summary>Adds a group with arbitrary keys, which is read as a whole.</summary>
    public OptionsSchema<T> Items(string name, string kind, Action<SettingsNode, T, ProblemScope> read) => Add(name, (node, options, problems) =>
    {
        // Configuration providers read an empty group as an empty string.
        if (string.IsNullOrEmpty(node.Value))
        {
            read(node, options, problems);
        }
        else
        {
            problems.Add(Values.Not(kind));
        }
    });

    /// <summary>
    /// Adds a list of strings. They are added to those that the application has set, unless they are among them: a section
    /// can be registered twice.
    /// </summary>
    public OptionsSchema<T> List(string name, string kind, Func<T, IList<string>> get) => Items(name, kind, (node, options, problems) =>
    {
        var list = get(options);
        var known = list.ToHashSet(StringComparer.Ordinal);
        foreach (var item in node.Children.OrderBy(item => item.Key, ConfigurationKeyComparer.Instance))
        {
            // Null is refused too: a list of secrets must not end up empty without a word.
            if (item.Children.Count > 0 || item.Value is not { } value)
            {
                problems.Add(item.Key, Values.Not("a string"));
            }
            else if (!known.Contains(value))
            {
                list.Add(value);
            }
        }
    });

    public OptionsSchema<T> Check(string name, Func<T, string?> check)
    {
        _checks.Add((options, problems) =>
        {
            if (check(options) is { } problem)
            {
                problems.Add(name, problem);
            }
        });
        return this;
    }

    /// <summary>
    /// Reads the values of a group into the options. Values that cannot be read are added to the problems and keep the
    /// default.
    /// </summary>
    public void Read(SettingsNode group, T options, ProblemScope problems)
    {
        foreach (var node in group.Children)
        {
            if (_readers.TryGetValue(node.Key, out var read))
            {
                read(node, options, problems.At(node.Key));
            }
            else
            {
                problems.Add(node.Key, NearestKey.Describe(node.Key, [.. _readers.Keys], NotifierKeys.All.Paths));
            }
        }
    }

    /// <summary>Validates the options, and adds values that are out of range to the problems.</summary>
    public void Check(T options, ProblemScope problems) => _checks.ForEach(check => check(options, problems));

    private OptionsSchema<T> Value<TValue>(string name, Values.Parser<TValue> parse, Action<T, TValue> set, string ifGroup) => Add(name, (node, options, problems) =>
    {
        if (node.Children.Count > 0)
        {
            problems.Add(ifGroup);
        }
        else if (node.Value is { } text)
        {
            if (parse(text, out var value) is { } problem)
            {
                problems.Add(problem);
            }
            else
            {
                set(options, value);
            }
        }
    });

    private OptionsSchema<T> Add(string name, Action<SettingsNode, T, ProblemScope> read)
    {
        _readers.Add(name, read);
        Paths.Add(name);
        return this;
    }
}
