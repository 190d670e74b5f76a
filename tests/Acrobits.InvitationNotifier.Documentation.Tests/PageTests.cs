using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>Pages say what is there, and no more than can be read.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void Readme_Length_IsReadInFiveMinutes()
    {
        var readme = Repository.Page("README.md");

        Assert.InRange(readme.Lines, 1, 150);
        Assert.InRange(readme.Words, 1, 1200);
    }

    [Fact]
    public void Configuration_Tables_NameEachKeyThereIs()
    {
        var written = Repository.Page("docs/configuration.md").Text.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(Keys(typeof(InvitationNotifierOptions)).Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Configuration_Tables_SayTheDefaults()
    {
        var options = new InvitationNotifierOptions();
        var rows = Repository.Page("docs/configuration.md").Text.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|'))
            .Select(cells => (Key: cells[1].Trim(' ', '`'), Default: cells[2].Trim(' ', '`')))
            .Where(row => row.Default is not ("none" or "application/x-www-form-urlencoded"));

        Assert.All(rows, row => Assert.Equal(row.Default, Text(row.Key.Split(':').Aggregate((object)options, Value)), ignoreCase: true));

        static object Value(object of, string key) => of.GetType().GetProperty(key)!.GetValue(of)!;
        static string Text(object value) => value is RedeliverySchedule schedule
            ? string.Create(CultureInfo.InvariantCulture, $"{schedule.Delays.Count} delays")
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }

    [Theory]
    [InlineData("docs/postgresql.md", typeof(PostgreSqlInvitationQueueOptions))]
    [InlineData("docs/observers.md", typeof(PostgreSqlInvitationDeliveryLogOptions))]
    public void PostgreSql_Table_NamesEachOption(string path, Type options)
    {
        var written = Repository.Page(path).Text.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split('`').Where((_, index) => index % 2 == 1))
            .ToHashSet();

        Assert.All(Keys(options), key => Assert.Contains(key, written));
    }

    [Fact]
    public async Task Templates_Table_SaysHowValuesAreEscaped()
    {
        const string Value = "+420 <1>";
        (string Place, string? ContentType, string Template)[] places =
        [
            ("Form post data", null, "i=%invitee%&"),
            ("JSON string", "application/json", "{\"i\":\"%invitee%\"}"),
            ("XML text", "application/xml", "<i>%invitee%</i>"),
            ("XML attribute", "application/xml", "<i i=\"%invitee%\"/>"),
            ("XML CDATA", "application/xml", "<i><![CDATA[%invitee%]]></i>"),
        ];
        var rows = Repository.Page("docs/templates.md").Text.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 5)
            .ToDictionary(cells => cells[1], cells => cells[3].Trim('`'));

        foreach (var (place, contentType, template) in places)
        {
            var endpoint = InvitationEndpoint.Create(new()
            {
                InvitationCreatedUrl = "https://example.com/",
                InvitationCreatedPostData = template,
                InvitationCreatedContentType = contentType,
            });
            using var request = endpoint.CreateRequest(new Invitation(Value, "2", "3"));

            Assert.Equal(
                template.Replace("%invitee%", rows[place], StringComparison.Ordinal),
                await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        using var get = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://example.com/?i=%invitee%" })
            .CreateRequest(new Invitation(Value, "2", "3"));
        Assert.Equal("?i=" + rows["URL path and query"], get.RequestUri!.Query);
    }

    [Fact]
    public void Readme_ConfigurationKeys_Exist()
    {
        var keys = Keys(typeof(InvitationNotifierOptions)).ToHashSet();
        var text = Repository.Page("README.md").Text;
        var start = text.IndexOf("## Configuration", StringComparison.Ordinal);
        var rows = text[start..text.IndexOf("## Outcomes", start, StringComparison.Ordinal)].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.All(rows.SelectMany(row => row.Split('|')[1].Split('`').Where((_, index) => index % 2 == 1)), key => Assert.Contains(key, keys));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/outcomes.md")]
    public void Outcomes_Table_NamesEachOutcome(string path)
    {
        var written = Repository.Page(path).Text.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])
            .Where(name => Enum.TryParse<NotificationOutcome>(name, out _));

        Assert.Equal(Enum.GetNames<NotificationOutcome>(), written);
    }

    [Fact]
    public void Outcomes_Table_NamesEachPropertyOfAResult()
    {
        var page = Repository.Page("docs/outcomes.md");

        Assert.All(
            typeof(NotificationResult).GetProperties(BindingFlags.Public | BindingFlags.Instance),
            property => Assert.Contains(property.Name, page.CodeSpans));
    }

    [Fact]
    public void Outcomes_Answers_AreTransientAsTheTableSays()
    {
        var rows = Repository.Page("docs/outcomes.md").Text.Split('\n')
            .SkipWhile(line => !line.StartsWith("## Which answers are retried", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells[3] is "yes" or "no")
            .ToList();
        var written = rows.SelectMany(cells => Statuses(cells[1]).Select(status => (status, IsTransient: cells[3] == "yes")))
            .ToDictionary(row => row.status, row => row.IsTransient);

        Assert.Equal(6, written.Count(row => row.Value && row.Key < 505));
        Assert.All(Enumerable.Range(200, 400), status => Assert.Equal(
            written.GetValueOrDefault(status),
            new NotificationResult { Outcome = NotificationOutcome.Rejected, StatusCode = (HttpStatusCode)status }.IsTransient));
    }

    [Fact]
    public void Outcomes_Json_IsAsThePageShows()
    {
        var json = JsonSerializer.Serialize(new NotificationResult { Outcome = NotificationOutcome.Delivered, StatusCode = HttpStatusCode.NoContent });

        const string Beginning = """{"Outcome":"Delivered","IsSuccess":true,"StatusCode":204,""";
        Assert.StartsWith(Beginning, json, StringComparison.Ordinal);
        Assert.Contains(Beginning, Repository.Page("docs/outcomes.md").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Guarantees_NumbersAndTests_FitTogether()
    {
        var page = Repository.Page("docs/guarantees.md");
        var tests = page.Text.Split("## The tests")[1].Split("\n## ")[0];
        var listed = ListItem().Matches(tests).Select(item => int.Parse(item.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        var cited = Citation().Matches(page.Text).Select(item => int.Parse(item.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Distinct();
        var sources = string.Concat(Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.Equal(cited.Order(), listed);
        Assert.All(
            page.CodeSpans.Where(span => span.Count(character => character == '_') == 2 && char.IsAsciiLetterUpper(span[0])),
            name => Assert.Contains($" {name}(", sources, StringComparison.Ordinal));
    }

    [Fact]
    public void Architecture_Table_NamesEachFolder()
    {
        const string Library = "src/Acrobits.InvitationNotifier";
        var folders = Directory.EnumerateFiles(Repository.PathOf(Library), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.PathOf(Library), file).Split(Path.DirectorySeparatorChar))
            .Where(parts => parts.Length > 1 && parts[0] is not ("bin" or "obj"))
            .Select(parts => parts[0])
            .Distinct();

        Assert.All(folders, folder => Assert.Contains($"| `{folder}` |", Repository.Page("docs/architecture.md").Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_InProse_Exist()
    {
        var commands = Repository.Pages.SelectMany(page => page.CodeSpans)
            .Where(span => span.StartsWith("worker ", StringComparison.Ordinal) || span.StartsWith("invitation-notifier ", StringComparison.Ordinal))
            .Where(span => !span.Contains("COMMAND", StringComparison.Ordinal))
            .Distinct().ToList();

        Assert.NotEmpty(commands);
        Assert.Empty(commands.SelectMany(command => ShellCommand
            .ReadAll("alias worker='dotnet run --project samples/Acrobits.InvitationNotifier.Worker --'\n" + command)
            .SelectMany(ShellChecker.FindProblems)));
    }

    [Fact]
    public void Solution_Folders_HoldEachPage()
    {
        var solution = File.ReadAllText(Repository.PathOf("Acrobits.InvitationNotifier.sln"));

        Assert.All(
            Repository.Pages.Where(page => !page.Path.StartsWith("src/", StringComparison.Ordinal)),
            page => Assert.Contains($"\t{page.Path.Replace('/', '\\')} = ", solution, StringComparison.Ordinal));
    }

    // "504" and "512 to 599"; digits of a sentence that says no more than an example are left out.
    private static IEnumerable<int> Statuses(string text) => Status().Matches(text.Split("for instance")[0]).SelectMany(match =>
    {
        var first = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture);
        return match.Groups["last"] is { Success: true, Value: var last }
            ? Enumerable.Range(first, int.Parse(last, CultureInfo.InvariantCulture) - first + 1)
            : [first];
    });

    [GeneratedRegex(@"\b(?<first>[2-5]\d\d)( to (?<last>[2-5]\d\d))?\b")]
    private static partial Regex Status();

    [GeneratedRegex(@"^(\d+)\. `", RegexOptions.Multiline)]
    private static partial Regex ListItem();

    [GeneratedRegex(@"\[(\d+)\]")]
    private static partial Regex Citation();

    // Nested options are written with a colon.
    private static IEnumerable<string> Keys(Type options) => options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite)
        .SelectMany(property => property.PropertyType.Assembly == options.Assembly && !typeof(IEnumerable).IsAssignableFrom(property.PropertyType)
            && Keys(property.PropertyType).ToList() is { Count: > 0 } nested
            ? nested.Select(key => $"{property.Name}:{key}")
            : [property.Name]);
}
