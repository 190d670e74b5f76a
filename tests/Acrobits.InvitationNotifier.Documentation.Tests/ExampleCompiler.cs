using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>
/// Compiles an example as the program of a reader: with the implicit usings of a web application, nullable reference types, and
/// <see cref="Surroundings"/>.
/// </summary>
internal static class ExampleCompiler
{
    private static readonly string[] ImplicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Net.Http.Json", "System.Threading",
        "System.Threading.Tasks", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    private static readonly SyntaxTree Given = CSharpSyntaxTree.ParseText(
        string.Concat(ImplicitUsings.Select(name => $"global using {name};\n"))
            + $"global using static {typeof(Surroundings).FullName};\n"
            + $"global using {nameof(NetworkStore)} = {typeof(NetworkStore).FullName};\n",
        Language);

    // Everything that the tests themselves run with, but for the programs of shell examples: each has a type Program, as the
    // application has that an example tests.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is not ("invitation-notifier.dll" or "Acrobits.InvitationNotifier.Worker.dll"))
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    // CS1701: packages were built with older assemblies. CS8321: a function is only shown.
    private static readonly CSharpCompilationOptions Options =
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)
            .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress), new("CS8321", ReportDiagnostic.Suppress)]);

    /// <summary>The errors and warnings of the compiler, with the lines of the page.</summary>
    public static IReadOnlyList<string> FindProblems(Example example) =>
    [
        .. Create(example).GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.IsSuppressed)
            .Select(diagnostic => string.Create(
                CultureInfo.InvariantCulture,
                $"{example.Page}:{example.Line + 1 + diagnostic.Location.GetLineSpan().StartLinePosition.Line}: {diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}")),
    ];

    /// <summary>The assembly of an example that is a program.</summary>
    public static byte[] Compile(Example example)
    {
        using var assembly = new MemoryStream();
        Assert.Empty(Create(example).Emit(assembly, cancellationToken: TestContext.Current.CancellationToken).Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return assembly.ToArray();
    }

    private static CSharpCompilation Create(Example example)
    {
        var tree = CSharpSyntaxTree.ParseText(example.Code, Language);
        var isProgram = tree.GetCompilationUnitRoot().Members.Any(member => member is GlobalStatementSyntax);
        var options = isProgram ? Options : Options.WithOutputKind(OutputKind.DynamicallyLinkedLibrary);
        return CSharpCompilation.Create("Example", [tree, Given], References, options);
    }
}
