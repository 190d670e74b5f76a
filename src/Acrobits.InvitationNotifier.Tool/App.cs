using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Commands;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tool;

/// <summary>The command line: its commands, and how errors are shown.</summary>
internal static class App
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await CommandLine.InvokeAsync(CreateRoot(), args);
        }
        catch (OptionsValidationException exception)
        {
            Terminal.PrintProblems(exception.Failures);
        }
        catch (Exception exception) when (exception
            is CommandException or IOException or UnauthorizedAccessException or SocketException)
        {
            Terminal.PrintError(exception.Message);
        }

        return ExitCode.Error;
    }

    internal static RootCommand CreateRoot() => new("Notifies a provider's web services of invitations.")
    {
        new SendCommand(Terminal.Out, Terminal.Error),
        new PreviewCommand(Terminal.Error),
        new BulkCommand(Terminal.Out, Terminal.Error),
        new CheckCommand(Terminal.Out, Dns.GetHostAddressesAsync),
        new ListenCommand(),
    };
}
