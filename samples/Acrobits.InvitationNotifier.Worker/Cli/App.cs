using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Worker.Commands;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Acrobits.InvitationNotifier.Worker.Cli;

/// <summary>The command line as a whole: its commands, its help, and how errors are shown.</summary>
internal static class App
{
    // Where the database does not answer. The connection string itself may hold a password.
    private const string Advice = "Is ConnectionStrings:Postgres right, and the server up?";

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
        catch (Exception exception) when (Causes(exception).OfType<PostgresException>().FirstOrDefault() is { } answer)
        {
            Terminal.PrintError($"PostgreSQL says: {answer.MessageText} ({answer.SqlState})");
        }
        catch (Exception exception) when (Causes(exception).OfType<NpgsqlException>().Any())
        {
            Terminal.PrintError($"{Causes(exception).Last().Message.TrimEnd('.')}. {Advice}");
        }
        catch (Exception exception) when (exception
            is CommandException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Terminal.PrintError(exception.Message);
        }

        return ExitCode.Error;
    }

    // Rebus wraps what the database says, and tasks may wrap that again.
    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    internal static RootCommand CreateRoot()
    {
        ConfigOption config = new();
        RunCommand run = new(config);
        RootCommand root = new(
            "Delivers invitations from a queue in PostgreSQL. Start it several times, on one machine or many: the processes " +
            "share the work, and what one of them leaves undone another one does. With no command it runs.")
        {
            run,
            new EnqueueCommand(config),
            new StatusCommand(config),
            new RequeueCommand(config),
        };
        root.Options.Add(config);
        root.Action = run.Action;
        return root;
    }
}
