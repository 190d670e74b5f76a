using System.CommandLine;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>Checks a command of a shell example against the repository and the programs in it, without running it.</summary>
internal static partial class ShellChecker
{
    private const string Tool = "src/Acrobits.InvitationNotifier.Tool";
    private const string Worker = "samples/Acrobits.InvitationNotifier.Worker";
    private const string Tests = "tests/Acrobits.InvitationNotifier.Tests";
    private const string Benchmarks = "tests/Acrobits.InvitationNotifier.Benchmarks";

    public static IEnumerable<string> FindProblems(string[] words)
    {
        foreach (var path in words.Where(word => RepositoryPath().IsMatch(word) && !Repository.Has(word)))
        {
            yield return $"There is no {path}.";
        }

        var problems = words switch
        {
            ["export", ..] or [".ci/run"] or ["git", "clone", ..] or ["cd", _] => [],
            ["dotnet", "build" or "test" or "restore", ..] => [],
            ["dotnet", "tool", "restore"] or ["dotnet", "stryker", "--mutate", _, "--concurrency", _] => [],
            [var assignment, .. var command] when TestFiles().Match(assignment) is { Success: true } match =>
                FindProblemsOfTestFiles(match.Groups["files"].Value).Concat(FindProblems(command)),
            ["dotnet", "add", "package", var package, .. var version] => FindProblemsOfPackage(package, version),
            ["dotnet", "tool", "install", "--global", var package] when Repository.Packages.Contains(package) => [],
            ["invitation-notifier", .. var arguments] => FindProblems(InvitationNotifier.Tool.App.CreateRoot(), arguments),
            ["dotnet", "run", .. var rest] => FindProblemsOfRun(rest),
            _ => [$"It is not known what '{string.Join(' ', words)}' does. Is it spelt right?"],
        };
        foreach (var problem in problems)
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> FindProblemsOfRun(string[] words)
    {
        var separator = Array.IndexOf(words, "--");
        var arguments = separator < 0 ? [] : words[(separator + 1)..];
        var at = Array.IndexOf(words, "--project");
        return words.ElementAtOrDefault(at + 1) switch
        {
            Tool => FindProblems(InvitationNotifier.Tool.App.CreateRoot(), arguments),
            Worker => FindProblems(InvitationNotifier.Worker.App.CreateRoot(), arguments),
            Benchmarks => FindProblemsOfBenchmarks(arguments),
            { } project when at >= 0 => Repository.Has(project) && arguments is [] ? [] : [$"{project} takes no arguments."],
            _ => ["--project is missing."],
        };
    }

    private static IEnumerable<string> FindProblems(RootCommand root, string[] arguments) =>
        root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null }).Errors.Select(error => error.Message);

    private static IEnumerable<string> FindProblemsOfBenchmarks(string[] arguments)
    {
        var program = File.ReadAllText(Repository.PathOf($"{Benchmarks}/Program.cs"));
        return arguments
            .Where((word, index) => index == 0 || arguments[index - 1] is not ("--chart" or "--output"))
            .Where(word => !program.Contains($"\"{word}\"", StringComparison.Ordinal))
            .Select(word => $"The benchmarks do not know {word}.");
    }

    private static IEnumerable<string> FindProblemsOfTestFiles(string files) => files.Split(';')
        .Where(file => !file.Contains('*', StringComparison.Ordinal) && !Repository.Has($"{Tests}/{file}"))
        .Select(file => $"There is no test file {file}.");

    private static IEnumerable<string> FindProblemsOfPackage(string package, string[] options)
    {
        if (Repository.Packages.Contains(package) && options is [])
        {
            return [];
        }

        var versions = File.ReadAllText(Repository.PathOf("Directory.Packages.props"));
        var tested = options is ["--version", var version] ? $"Include=\"{package}\" Version=\"{version}\"" : $"Include=\"{package}\" ";
        return versions.Contains(tested, StringComparison.Ordinal) ? [] : [$"{package} {string.Join(' ', options)} is not what is tested here."];
    }

    [GeneratedRegex("^(OnlyTests|WithoutTests)=(?<files>.+)$")]
    private static partial Regex TestFiles();

    [GeneratedRegex("^(docs|samples|src|tests|.ci)/")]
    private static partial Regex RepositoryPath();
}
