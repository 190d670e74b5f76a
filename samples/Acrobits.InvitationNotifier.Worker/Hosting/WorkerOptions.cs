using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.Tool.Cli;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Acrobits.InvitationNotifier.Worker.Hosting;

/// <summary>The settings of the section "Worker", and the connection string; appsettings.json explains them.</summary>
internal sealed partial class WorkerOptions
{
    private const string SectionName = "Worker";
    private const string ConnectionName = "Postgres";

    // Besides the deliveries: looking for expired messages, and reconnecting after a failure.
    private const int SpareConnections = 5;

    public string Queue { get; set; } = "invitations";

    public string ErrorQueue { get; set; } = "invitations-dead";

    public string Table { get; set; } = "invitation_messages";

    public int MaxParallelism { get; set; } = 20;

    public TimeSpan ReceiveErrorCooldown { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The delays; none: the library's own.</summary>
    public IList<TimeSpan> Redelivery { get; set; } = [];

    /// <summary>Whether the process stops when its standard input ends, and so with whoever holds the other end.</summary>
    public bool StopWithInput { get; set; }

    /// <summary>For the transport and for the commands.</summary>
    internal string ConnectionString { get; private set; } = "";

    internal RedeliverySchedule? Schedule => Redelivery is [] ? null : new RedeliverySchedule(Redelivery);

    /// <exception cref="CommandException">A value is of the wrong type, or a key is unknown.</exception>
    /// <exception cref="OptionsValidationException">The settings are not valid; the exception lists every problem.</exception>
    public static WorkerOptions Read(IConfiguration configuration)
    {
        var options = Bind(configuration.GetSection(SectionName));
        var problems = options.Problems().ToList();
        try
        {
            NpgsqlConnectionStringBuilder connection = new(configuration.GetConnectionString(ConnectionName))
            {
                // A delivery that has to wait for a connection would be none.
                MaxPoolSize = options.MaxParallelism + SpareConnections,
            };
            connection.ApplicationName ??= "invitation-worker";
            options.ConnectionString = connection.ConnectionString;
            if (string.IsNullOrEmpty(connection.Host))
            {
                problems.Add($"ConnectionStrings:{ConnectionName} names no Host.");
            }
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException)
        {
            // What is wrong with it might be quoted, and it may hold a password.
            problems.Add($"ConnectionStrings:{ConnectionName} is no connection string of Npgsql.");
        }

        return problems is [] ? options : throw new OptionsValidationException(SectionName, typeof(WorkerOptions), problems);
    }

    private static WorkerOptions Bind(IConfiguration section)
    {
        try
        {
            return section.Get<WorkerOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new WorkerOptions();
        }
        catch (InvalidOperationException exception)
        {
            throw new CommandException(exception.Message);
        }
    }

    private IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Queue) || string.IsNullOrWhiteSpace(ErrorQueue) || Queue == ErrorQueue)
        {
            yield return "Worker:Queue and Worker:ErrorQueue need two different names.";
        }

        if (!TableName().IsMatch(Table))
        {
            yield return "Worker:Table wants letters, digits and underscores, 40 at most, and no digit first.";
        }

        if (MaxParallelism is < 1 or > 500)
        {
            yield return "Worker:MaxParallelism wants a number from 1 to 500.";
        }

        if (ReceiveErrorCooldown < TimeSpan.Zero || ReceiveErrorCooldown > TimeSpan.FromHours(1))
        {
            yield return "Worker:ReceiveErrorCooldown wants a time span from none to an hour.";
        }

        if (Redelivery.Any(delay => delay < TimeSpan.Zero || delay > TimeSpan.FromDays(30)))
        {
            yield return "Worker:Redelivery wants time spans from none to 30 days.";
        }
    }

    // Indexes are named after it, and PostgreSQL cuts names off at 63 bytes.
    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,39}$")]
    private static partial Regex TableName();
}
