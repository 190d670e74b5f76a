using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>Standard output and standard error: with colors on a terminal, plain in a pipe, a file, or with NO_COLOR.</summary>
internal static class Terminal
{
    // A pipe has no width to wrap lines at.
    private const int PlainWidth = 1000;

    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Whether the console can show a progress bar.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities is { Ansi: true, Interactive: true };

    public static void PrintError(string message) =>
        Error.MarkupLineInterpolated($"[red]error:[/] {EscapedText.Line(message)}");

    public static void PrintWarning(this IAnsiConsole console, string message) =>
        console.MarkupLineInterpolated($"[yellow]warning:[/] {EscapedText.Line(message)}");

    public static void PrintProblems(IEnumerable<string> problems)
    {
        PrintError("The configuration is not valid.");
        foreach (var problem in problems)
        {
            Error.MarkupLineInterpolated($"  - {EscapedText.Line(problem)}");
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        // https://no-color.org: any value that is not empty.
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
