namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>The examples of README and docs work: a reader copies them.</summary>
public sealed class ExampleTests
{
    // SQL runs in the tests of the package for PostgreSQL.
    private static readonly string[] Checked = ["csharp", "json", "sh", "csv", "mermaid", "text", "javascript", "python", "php", "sql"];

    public static TheoryData<string> CSharp => ExamplesIn("csharp");

    public static TheoryData<string> Json => ExamplesIn("json");

    public static TheoryData<string> Shell => ExamplesIn("sh");

    [Theory, MemberData(nameof(CSharp))]
    public void CSharp_OfAPage_Compiles(string example) => Assert.Empty(ExampleCompiler.FindProblems(Find(example)));

    [Theory, MemberData(nameof(Json))]
    public async Task Json_OfAPage_IsAValidConfiguration(string example) =>
        Assert.Empty(await ExampleConfiguration.FindProblemsAsync(Find(example).Code));

    [Theory, MemberData(nameof(Shell))]
    public void Shell_OfAPage_HasCommandsThatExist(string example) =>
        Assert.Empty(ShellCommand.ReadAll(Find(example).Code).SelectMany(ShellChecker.FindProblems));

    [Theory]
    [InlineData("javascript", "node", "--check", "mjs")]
    [InlineData("python", "python3", "-m py_compile", "py")]
    [InlineData("php", "php", "-l", "php")]
    public async Task OtherLanguages_OfAllPages_HaveValidSyntax(string language, string program, string arguments, string extension)
    {
        var examples = Repository.Pages.SelectMany(page => page.Examples).Where(example => example.Language == language).ToList();
        Assert.NotEmpty(examples);
        Assert.SkipUnless(OtherLanguage.IsInstalled(program), $"{program} is not installed.");

        foreach (var example in examples)
        {
            Assert.Equal(0, await OtherLanguage.RunAsync(program, arguments, example.Code, extension));
        }
    }

    [Fact]
    public void Languages_OfAllPages_AreOnesThatAreChecked() =>
        Assert.All(Repository.Pages.SelectMany(page => page.Examples), example => Assert.Contains(example.Language, Checked));

    [Theory]
    [InlineData("builder.Services.AddInvitationNotifer(builder.Configuration);", "CS1061")]
    [InlineData("await queue.EnqueueAsync(new Invitation(\"1\", \"2\"));", "CS7036")]
    [InlineData("var result = await notifier.NotifyAsync(null);", "CS8625")]
    [InlineData("await queue.EnqueueAsync(invitation)", "CS1002")]
    [InlineData("IInvitationNotifer wrong = null!;", "CS0246")]
    public void CSharp_Broken_IsFound(string code, string error)
    {
        var example = new Example("page.md", 10, "csharp", "using Acrobits.InvitationNotifier;\n" + code, IsFragment: false);

        Assert.Contains(ExampleCompiler.FindProblems(example), problem => problem.StartsWith($"page.md:12: {error}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUri": "https://example.com/?i=%invitee%" } }""")]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "ftp://example.com/?i=%invitee%" } }""")]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://example.com/?i=%inviteee%" } }""")]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://example.com/", "AttemptTimeout": "soon" } }""")]
    [InlineData("""{ "InvitationNotifier": { "InvitationCreatedUrl": "https://example.com/" """)]
    [InlineData("""{ "InvitationNotifer": { "InvitationCreatedUrl": "https://example.com/" } }""")]
    public async Task Json_Broken_IsFound(string json) => Assert.NotEmpty(await ExampleConfiguration.FindProblemsAsync(json));

    [Theory]
    [InlineData("dotnet run --project samples/Acrobits.InvitationNotifier.Simple")]
    [InlineData("dotnet add package Acrobits.InvitationNotifer")]
    [InlineData("dotnet add package Npgsql --version 8.0.3")]
    [InlineData("alias worker='dotnet run --project samples/Acrobits.InvitationNotifier.Worker --'\nworker requeue --netwerk mynetwork")]
    [InlineData("dotnet run --project samples/Acrobits.InvitationNotifier.Worker -- drain")]
    [InlineData("invitation-notifier chek appsettings.json")]
    [InlineData("invitation-notifier send --uri https://example.com/ --invitee 1 --invitor 2 --network-id 3")]
    [InlineData("invitation-notifier send --url https://example.com/ --invitee 1")]
    [InlineData("dotnet run --project src/Acrobits.InvitationNotifier.Tool -- listen --prot 8080")]
    [InlineData("dotnet run -c Release --project tests/Acrobits.InvitationNotifier.Benchmarks -- lode")]
    [InlineData("dotnet tset")]
    public void Shell_Broken_IsFound(string script) => Assert.NotEmpty(ShellCommand.ReadAll(script).SelectMany(ShellChecker.FindProblems));

    [Fact]
    public void Examples_MarkedAsFragment_AreLeftOut()
    {
        var page = new Page("page.md", "<!-- fragment -->\n```csharp\nnot complete\n```\n\n```csharp\nvar x = 1;\n```\n");

        Assert.Equal([true, false], page.Examples.Select(example => example.IsFragment));
    }

    private static TheoryData<string> ExamplesIn(string language) => [.. Repository.Pages
        .SelectMany(page => page.Examples)
        .Where(example => example.Language == language && !example.IsFragment)
        .Select(example => example.ToString())];

    private static Example Find(string name) =>
        Repository.Pages.SelectMany(page => page.Examples).Single(example => example.ToString() == name);
}
