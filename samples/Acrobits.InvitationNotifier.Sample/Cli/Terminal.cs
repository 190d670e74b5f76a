using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>Standard output and error: colours on a terminal, plain text in a pipe, a file, or with NO_COLOR.</summary>
internal static class Terminal
{
    // A pipe has no width; what a line says must not depend on a guess.
    private const int PlainWidth = 1000;

    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Whether something that moves, a progress bar, can be shown there.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities.Ansi;

    public static void PrintError(string message) =>
        Error.MarkupLineInterpolated($"[red]error:[/] {Printable.Line(message)}");

    public static void PrintWarning(string message) =>
        Error.MarkupLineInterpolated($"[yellow]warning:[/] {Printable.Line(message)}");

    public static void PrintProblems(IEnumerable<string> problems)
    {
        PrintError("the configuration is not valid.");
        foreach (var problem in problems)
        {
            Error.MarkupLineInterpolated($"  - {Printable.Line(problem)}");
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        // https://no-color.org: any value but the empty one counts.
        var isPlain = isRedirected
            || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("TERM") == "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isPlain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }
}
