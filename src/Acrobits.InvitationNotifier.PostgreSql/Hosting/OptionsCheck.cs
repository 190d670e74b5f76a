using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.PostgreSql.Hosting;

/// <summary>Checks the options of a queue, and those of a delivery log.</summary>
internal static partial class OptionsCheck
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <exception cref="OptionsValidationException">The options are not valid; the exception lists every problem.</exception>
    public static void Validate(PostgreSqlInvitationQueueOptions options) => Validate(Problems(options), options.GetType());

    /// <inheritdoc cref="Validate(PostgreSqlInvitationQueueOptions)"/>
    public static void Validate(PostgreSqlInvitationDeliveryLogOptions options) => Validate(Problems(options), options.GetType());

    private static void Validate(IEnumerable<string> problems, Type options)
    {
        string[] all = [.. problems];
        if (all is not [])
        {
            throw new OptionsValidationException(options.Name, options, all);
        }
    }

    private static IEnumerable<string> Problems(PostgreSqlInvitationQueueOptions options)
    {
        if (!IsName(options.QueueName))
        {
            yield return "QueueName needs 1 to 200 characters, and no control characters.";
        }

        if ((options.DeadLetterQueueName is { } name && !IsName(name)) || options.DeadLetterQueue == options.QueueName)
        {
            yield return "DeadLetterQueueName needs a name other than QueueName, of 1 to 200 characters without control characters.";
        }

        foreach (var problem in TableProblems(options.Schema, options.Table))
        {
            yield return problem;
        }

        if (options.MaxConcurrentDeliveries is < 1 or > 1000)
        {
            yield return "MaxConcurrentDeliveries must be from 1 to 1,000.";
        }

        if (options.MaxConcurrentDeliveriesPerNetwork < 1)
        {
            yield return "MaxConcurrentDeliveriesPerNetwork must be at least 1.";
        }

        if (options.DeadLetterRetention is { } retention && !IsRetention(retention))
        {
            yield return "DeadLetterRetention must be from one minute to 36,500 days, or null to keep dead invitations.";
        }

        if (options.Lease < TimeSpan.FromSeconds(5) || options.Lease > TimeSpan.FromHours(1))
        {
            yield return "Lease must be from 5 seconds to 1 hour.";
        }

        if (options.EnqueueTimeout < TimeSpan.Zero || options.EnqueueTimeout > Day)
        {
            yield return "EnqueueTimeout must be from 0 to 24 hours.";
        }
    }

    private static IEnumerable<string> Problems(PostgreSqlInvitationDeliveryLogOptions options)
    {
        foreach (var problem in TableProblems(options.Schema, options.Table))
        {
            yield return problem;
        }

        if (!IsRetention(options.Retention))
        {
            yield return "Retention must be from one minute to 36,500 days.";
        }
    }

    private static IEnumerable<string> TableProblems(string? schema, string? table)
    {
        if (!Identifier().IsMatch(schema ?? ""))
        {
            yield return "Schema needs letters, digits and underscores, at most 40, and no digit first.";
        }

        if (!Identifier().IsMatch(table ?? ""))
        {
            yield return "Table needs letters, digits and underscores, at most 40, and no digit first.";
        }
    }

    // An index holds it, and PostgreSQL stores neither NUL nor half of a surrogate pair.
    private static bool IsName(string? name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= 200 && !name.Any(char.IsControl) && name == StorableText.Of(name);

    // PostgreSQL has no times before 4713 BC.
    private static bool IsRetention(TimeSpan retention) => retention >= TimeSpan.FromMinutes(1) && retention <= 36_500 * Day;

    // Other objects are named after the table, and PostgreSQL cuts names off at 63 bytes.
    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,39}\z")]
    private static partial Regex Identifier();
}
