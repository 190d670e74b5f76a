using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Acrobits.InvitationNotifier.Tool.Cli;

/// <summary>Prints the default help, followed by the notes of the command.</summary>
internal sealed class HelpWithNotes(HelpAction help) : SynchronousCommandLineAction
{
    // "--help" works even if the rest of the command line is wrong.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is IHasNotes command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(command.Notes);
        }

        return result;
    }
}
