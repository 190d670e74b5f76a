using System.Globalization;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>A table of keys: how each is read from a section into the options, and what its value may be.</summary>
internal sealed class Keys<T>
    where T : class
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Dictionary<string, Action<SettingsNode, T, ProblemScope>> _readers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Action<T, ProblemScope>> _checks = [];

    /// <summary>The paths of all keys, those in groups included.</summary>
    public List<string> Paths { get; } = [];

    public Keys<T> Text(string name, Action<T, string> set, string? ifGroup = null) =>
        Value(name, Values.ParseText, set, ifGroup ?? Values.Not("a text"));

    public Keys<T> Switch(string name, Action<T, bool> set) => Value(name, Values.ParseSwitch, set, Values.Not("true or false"));

    /// <summary>A time of up to a day.</summary>
    public Keys<T> Time(string name, Func<T, TimeSpan> get, Action<T, TimeSpan> set, TimeSpan least = default) =>
        Value(name, Values.ParseTime, set, Values.Not("a time such as 00:00:10")).Check(name, options =>
            get(options) < least || get(options) > Day
                ? $"{get(options):c} is out of range. Use a time (hh:mm:ss) from {least:c} to 24 hours (1.00:00:00)"
                : null);

    public Keys<T> Number(string name, Func<T, int> get, Action<T, int> set, int least) =>
        Value(name, Values.ParseNumber, set, Values.Not("a whole number")).Check(name, options => get(options) < least
            ? string.Create(CultureInfo.InvariantCulture, $"{get(options)} is out of range. Use {least} or more")
            : null);

    public Keys<T> Ratio(string name, Func<T, double> get, Action<T, double> set) =>
        Value(name, Values.ParseRatio, set, Values.Not("a number such as 0.5")).Check(name, options => get(options) is > 0 and <= 1
            ? null
            : "is out of range. Use a number above 0 and at most 1");

    /// <summary>A group of keys that are known.</summary>
    public Keys<T> Group<TGroup>(string name, Func<T, TGroup> get, Keys<TGroup> keys)
        where TGroup : class
    {
        Paths.AddRange(keys.Paths.Select(path => $"{name}:{path}"));
        _checks.Add((options, problems) => keys.Check(get(options), problems.At(name)));
        return Items(name, "a group of keys", (node, options, problems) => keys.Read(node, get(options), problems));
    }

    /// <summary>A group whose keys are not known, read as a whole.</summary>
    public Keys<T> Items(string name, string kind, Action<SettingsNode, T, ProblemScope> read) => Add(name, (node, options, problems) =>
    {
        // An empty group is read as an empty text.
        if (string.IsNullOrEmpty(node.Value))
        {
            read(node, options, problems);
        }
        else
        {
            problems.Add(Values.Not(kind));
        }
    });

    public Keys<T> Check(string name, Func<T, string?> check)
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

    /// <summary>Takes a group's values over. What does not fit is added to the problems and leaves the default.</summary>
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

    /// <summary>Adds what is out of range, wherever it was set.</summary>
    public void Check(T options, ProblemScope problems) => _checks.ForEach(check => check(options, problems));

    private Keys<T> Value<TValue>(string name, Values.Parser<TValue> parse, Action<T, TValue> set, string ifGroup) => Add(name, (node, options, problems) =>
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

    private Keys<T> Add(string name, Action<SettingsNode, T, ProblemScope> read)
    {
        _readers.Add(name, read);
        Paths.Add(name);
        return this;
    }
}
