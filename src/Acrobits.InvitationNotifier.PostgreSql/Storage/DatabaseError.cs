using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Tells failures of the database apart, and describes them without the connection string or values of users.</summary>
internal static class DatabaseError
{
    /// <summary>Whether the database cannot be reached, which passes, rather than that it refuses.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        // Cannot connect now, shutting down, too many connections, out of disk space or memory, lock time-outs.
        PostgresException answer => answer.IsTransient || answer.SqlState[..2] is "53" or "57" or "58",
        NpgsqlException or TimeoutException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    /// <summary>Whether the table, or something that belongs to it, does not exist.</summary>
    public static bool IsMissingTable(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName
    };

    /// <summary>A text for logs and exceptions.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        PostgresException answer => $"{answer.MessageText} ({answer.SqlState})",
        NpgsqlException { InnerException: { } cause } => cause.Message.TrimEnd('.'),
        NpgsqlException or TimeoutException => exception.Message.TrimEnd('.'),
        _ => exception.GetType().Name,
    };
}
