using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Sample.Commands;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>The command line as a whole: its commands, its help, and how errors are shown.</summary>
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

    private static RootCommand CreateRoot()
    {
        RootCommand root = new(
            "Tells a provider's web service who was invited. With no command it shows how that works: it starts a " +
            "provider of its own on this machine and notifies it as documented.")
        {
            new SendCommand(),
            new PreviewCommand(),
            new BulkCommand(),
            new CheckCommand(Terminal.Out, Dns.GetHostAddressesAsync),
            new ListenCommand(),
        };
        root.SetAction((_, cancellationToken) => DemoCommand.RunAsync(Terminal.Out, cancellationToken));
        return root;
    }
}
