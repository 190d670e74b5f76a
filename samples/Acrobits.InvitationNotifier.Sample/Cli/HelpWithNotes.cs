using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>The usual help, and after it the command's notes.</summary>
internal sealed class HelpWithNotes(HelpAction help) : SynchronousCommandLineAction
{
    // A request for help is answered even where the rest of the line is wrong.
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
