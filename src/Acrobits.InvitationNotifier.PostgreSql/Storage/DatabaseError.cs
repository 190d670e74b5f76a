using Acrobits.InvitationNotifier.Text;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Tells failures of the database apart, and describes them without the connection string or values of users.</summary>
internal static class DatabaseError
{
    /// <summary>Whether the database cannot be reached or cannot write, which passes, rather than that it refuses.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException when IsInterrupted(exception) => false,

        // Cannot connect now, shutting down, too many connections, out of disk space or memory, a standby.
        PostgresException answer => answer.IsTransient || answer.SqlState[..2] is "53" or "57" or "58" || IsReadOnly(answer),
        NpgsqlException or TimeoutException or System.Net.Sockets.SocketException => true,
        _ => false,
    };

    /// <summary>Whether the server has ended a statement: at a time limit of its own, for a lock, or because somebody asked it to.</summary>
    public static bool IsInterrupted(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable
    };

    /// <summary>Whether a statement took too long.</summary>
    public static bool IsTimeout(Exception exception) => IsInterrupted(exception) || exception is NpgsqlException { InnerException: TimeoutException };

    /// <summary>Whether the server accepts no changes: it was demoted, or is a standby.</summary>
    public static bool IsReadOnly(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    /// <summary>Whether the table, or something that belongs to it, does not exist.</summary>
    public static bool IsMissingTable(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName
    };

    /// <summary>A text of one line, for logs and exceptions.</summary>
    public static string Describe(Exception exception) => new LogSafeText(exception switch
    {
        PostgresException answer => $"{answer.MessageText} ({answer.SqlState})",
        NpgsqlException { InnerException: { } cause } => cause.Message.TrimEnd('.'),
        NpgsqlException or TimeoutException => exception.Message.TrimEnd('.'),
        _ => exception.GetType().Name,
    }).ToString();
}
