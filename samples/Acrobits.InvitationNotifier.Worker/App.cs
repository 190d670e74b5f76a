using System.CommandLine;
using System.Data.Common;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Records;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Worker;

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
        catch (Exception exception) when (exception is CommandException or DbException or InvalidOperationException
            or ArgumentException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            Terminal.PrintError(exception.Message);
        }

        return 1;
    }

    internal static RootCommand CreateRoot()
    {
        Option<FileInfo?> config = new("--config")
        {
            Description = "The settings. Environment variables override them, as in Queue__MaxConcurrentDeliveries=20. [default: appsettings.json beside the program]",
            Recursive = true,
        };
        Option<string?> network = new("--network") { Description = "Only the invitations of this network." };
        Option<bool> check = new("--check") { Description = "Ends with exit code 9 if something is dead, for monitoring." };
        RecordFile file = new();

        Command run = new("run", "Delivers what is in the queue until Ctrl+C or SIGTERM. The default.");
        run.SetAction((parsed, token) => Commands.RunAsync(WorkerHost.Build(parsed.GetValue(config), deliver: true), token));
        Command enqueue = new("enqueue", "Puts a file of invitations into the queue: all of it, or nothing if an exception ends it. Lines that are not valid are reported (exit code 8).") { file.File, file.Format, file.Skip };
        enqueue.SetAction(async (parsed, token) =>
        {
            await using var stream = file.Open(parsed);
            var records = file.CreateReader(stream, parsed).ReadAsync(parsed.GetValue(file.Skip), token);
            return await Commands.EnqueueAsync(WorkerHost.Build(parsed.GetValue(config), deliver: false), records, token);
        });
        Command status = new("status", "Shows by network what is ready, deferred and until when, and dead and why.") { network, check };
        status.SetAction(async (parsed, token) =>
            await Commands.StatusAsync(WorkerHost.Build(parsed.GetValue(config), deliver: false), parsed.GetValue(network), token) && parsed.GetValue(check) ? 9 : 0);
        Command requeue = new("requeue", "Requeues dead letters, once their provider is repaired. Their schedule starts again.") { network };
        requeue.SetAction((parsed, token) => Commands.RequeueAsync(WorkerHost.Build(parsed.GetValue(config), deliver: false), parsed.GetValue(network), token));

        RootCommand root = new("Delivers invitations from a queue in PostgreSQL. Start it on as many machines as you need.") { config, run, enqueue, status, requeue };
        root.Action = run.Action;
        return root;
    }
}
