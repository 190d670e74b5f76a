using Acrobits.InvitationNotifier.Sample;
using Spectre.Console;

if (args.Length > 0)
{
    Console.Error.WriteLine("The demo takes no arguments. To send your own requests, install the .NET tool: invitation-notifier.");
    return 1;
}

if (Console.IsOutputRedirected)
{
    // A pipe or a file has no width to wrap lines at.
    AnsiConsole.Profile.Width = 1000;
}

return await Demo.RunAsync(AnsiConsole.Console, Scenario.All) ? 0 : 1;
