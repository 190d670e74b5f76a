using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>Parses and runs a command line.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command that the arguments name. Its exceptions are left to the caller.</summary>
    public static Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithNotes((HelpAction)help.Action!);

        // Post data may begin with "@", which is not the name of a response file.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction error)
        {
            // One line says what is wrong; the help would push it off the screen.
            error.ShowHelp = args is [];
        }

        // Commands that have to finish something handle signals themselves. The others just end.
        return parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }
}
