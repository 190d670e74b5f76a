using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>How a command line is read and run, whatever its commands are.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command that the arguments name. What it throws is left to the caller.</summary>
    public static Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithNotes((HelpAction)help.Action!);

        // Post data may well begin with "@"; it is never the name of a file with more arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction error)
        {
            error.ShowHelp = false;
        }

        // Commands that have something to finish handle signals themselves; the others may simply end.
        return parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }
}
