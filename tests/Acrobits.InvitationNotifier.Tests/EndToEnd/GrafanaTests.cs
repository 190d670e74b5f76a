using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>The dashboard among the samples asks for nothing that the notifier does not measure.</summary>
public sealed partial class GrafanaTests
{
    private const string Label = "acrobits_invitation_notifier_";

    private static readonly JsonDocument Dashboard = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "EndToEnd", "invitation-notifier.json")));

    public static TheoryData<string> Expressions => [.. Texts("expr").Concat(Texts("query").Where(query => query.Contains('(', StringComparison.Ordinal)))];

    [Fact]
    public void Dashboard_Panels_AllHaveExpressions()
    {
        var panels = Dashboard.RootElement.GetProperty("panels").EnumerateArray().ToArray();

        Assert.NotEmpty(panels);
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
    }

    [Theory, MemberData(nameof(Expressions))]
    public void Dashboard_EachExpression_UsesInstrumentsOfTheMeter(string expression)
    {
        var series = Instruments().ToDictionary(instrument => instrument.Name, Series);

        var used = Series().Matches(expression).Select(match => match.Value).Where(name => !Labels(expression).Contains(name)).ToArray();

        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains(name, series.SelectMany(pair => pair.Value)));
    }

    [Theory, MemberData(nameof(Expressions))]
    public void Dashboard_EachExpression_UsesTagsOfTheInstrument(string expression)
    {
        var used = Series().Matches(expression).Select(match => match.Value).ToHashSet();
        var instruments = Instruments().Where(instrument => Series(instrument).Overlaps(used)).Select(instrument => instrument.Name);
        var tags = instruments
            .Select(name => OperationsPage.Instruments.Single(written => written.Name == name).Tags.Select(Prometheus).Append("le").ToHashSet())
            .Aggregate((left, right) => [.. left.Intersect(right)]);

        Assert.All(Labels(expression), label => Assert.Contains(label, tags));
    }

    [Theory, MemberData(nameof(Expressions))]
    public void Dashboard_EachExpression_AsksForOutcomesThatThereAre(string expression)
    {
        Assert.All(
            AskedOutcome().Matches(expression).SelectMany(match => match.Groups[1].Value.Split('|')),
            outcome => Assert.Contains(outcome, OperationsPage.Outcomes));
    }

    [Fact]
    public void Dashboard_AllExpressions_ShowEveryInstrument()
    {
        var used = Expressions.SelectMany(row => Series().Matches(row.Data).Select(match => match.Value)).ToHashSet();

        Assert.All(Instruments(), instrument => Assert.True(Series(instrument).Overlaps(used), instrument.Name));
    }

    [Fact]
    public void Dashboard_LegendsAndColumns_AreTagsOfTheirExpression()
    {
        var names = Texts("legendFormat").SelectMany(legend => Legend().Matches(legend)).Select(match => match.Groups[1].Value)
            .Concat(Dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("transformations", out _))
                .SelectMany(panel => panel.GetProperty("transformations").EnumerateArray())
                .SelectMany(one => one.GetProperty("options").GetProperty("renameByName").EnumerateObject())
                .Select(column => column.Name).Where(name => name != "Value"));

        Assert.All(names, name => Assert.Contains(name, Expressions.SelectMany(row => Labels(row.Data))));
    }

    // OpenTelemetry's rules for Prometheus: dots become underscores, the unit "s" is written out, annotations such as
    // {request} are left out, counters end in _total, and a histogram is three series.
    private static HashSet<string> Series(Instrument instrument)
    {
        var name = Prometheus(instrument.Name) + (instrument.Unit == "s" ? "_seconds" : "");
        return instrument.GetType().Name.Split('`')[0] switch
        {
            "Counter" => [name + "_total"],
            "Histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    private static string Prometheus(string name) => name.Replace('.', '_');

    private static List<Instrument> Instruments()
    {
        using var application = Application.Create("https://example.com/");
        return application.Instruments();
    }

    // What stands before a matcher, and in "by (...)" and label_values(..., label).
    private static HashSet<string> Labels(string expression) =>
    [
        .. Matcher().Matches(expression).Select(match => match.Groups[1].Value),
        .. By().Matches(expression).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)),
        .. LabelValues().Matches(expression).Select(match => match.Groups[1].Value),
    ];

    private static IEnumerable<string> Texts(string property) => Find(Dashboard.RootElement, property);

    private static IEnumerable<string> Find(JsonElement element, string property) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.Name == property && member.Value.ValueKind == JsonValueKind.String ? [member.Value.GetString()!] : Find(member.Value, property)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Find(item, property)),
        _ => [],
    };

    [GeneratedRegex(Label + "[a-z_]+")]
    private static partial Regex Series();

    [GeneratedRegex("([a-z_]+)(?:=~|!=|!~|=)\"")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex By();

    [GeneratedRegex(@"label_values\([^,]+, ([a-z_]+)\)")]
    private static partial Regex LabelValues();

    [GeneratedRegex(Label + "outcome(?:=~|!=|!~|=)\"([a-z_|]+)\"")]
    private static partial Regex AskedOutcome();

    [GeneratedRegex(@"\{\{([a-z_]+)\}\}")]
    private static partial Regex Legend();
}
