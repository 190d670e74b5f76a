using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.PostgreSql.Telemetry;

/// <summary>Log messages. Event ids are stable. Messages hold no part of an invitation but its network.</summary>
internal static partial class LogMessages
{
    public static void WaitsForDatabase(this ILogger logger, string error) => SafeLogger.For(logger).Waits(new LogSafeText(error));

    public static void Started(this ILogger logger, QueueTable table) => SafeLogger.For(logger).IsReady(table.Queue, table.ToString());

    public static void CommitsAsynchronously(this ILogger logger) => SafeLogger.For(logger).LosesInvitations();

    public static void DatabaseFails(this ILogger logger, string error) => SafeLogger.For(logger).Fails(new LogSafeText(error));

    public static void TableIsGone(this ILogger logger, QueueTable table, string error) =>
        SafeLogger.For(logger).IsGone(table.ToString(), new LogSafeText(error));

    public static void TableCannotBeCreated(this ILogger logger, QueueTable table, Exception exception) =>
        SafeLogger.For(logger).StaysAway(table.ToString(), Problem(exception));

    public static void DatabaseWorks(this ILogger logger) => SafeLogger.For(logger).Works();

    public static void MessageIsUnreadable(this ILogger logger, long id) => SafeLogger.For(logger).IsUnreadable(id);

    public static void MessageIsDead(this ILogger logger, long id, string reason) => SafeLogger.For(logger).IsDead(id, new LogSafeText(reason));

    public static void HandlingFailed(this ILogger logger, long id, Exception exception, TimeSpan delay) =>
        SafeLogger.For(logger).IsDeferred(id, exception.GetType().Name, delay);

    public static void TableIsReady(this ILogger logger, ITableScript script) => SafeLogger.For(logger).TableCreated(script.ToString()!, script.Owner);

    public static void DeadLettersExpired(this ILogger logger, long count) => SafeLogger.For(logger).Expired(count);

    public static void CannotStart(this ILogger logger, Exception exception) => SafeLogger.For(logger).Refuses(Problem(exception));

    public static void DeadLettersNotDeleted(this ILogger logger, string error) => SafeLogger.For(logger).NotExpired(new LogSafeText(error));

    public static void SettlementRefused(this ILogger logger, Settlement settlement, string error) =>
        SafeLogger.For(logger).NotSettled(settlement.Id, settlement.Kind, new LogSafeText(error));

    public static void LoopFailed(this ILogger logger, Exception exception) =>
        SafeLogger.For(logger).Failed(exception.GetType().Name, exception.StackTrace);

    public static void DeliveryLogFails(this ILogger logger, string error) => SafeLogger.For(logger).LogFails(error);

    public static void DeliveryLogWorks(this ILogger logger) => SafeLogger.For(logger).LogWorks();

    public static void DeliveriesNotLogged(this ILogger logger, long count) => SafeLogger.For(logger).NotLogged(count);

    public static void DeliveriesNotDeleted(this ILogger logger, string error) => SafeLogger.For(logger).NotDeleted(new LogSafeText(error));

    // An exception of the setup holds SQL to run, in several lines.
    private static string Problem(Exception exception) =>
        exception is InvalidOperationException ? exception.Message : new LogSafeText(DatabaseError.Describe(exception)).ToString();

    public static void DeliveriesNotLoggedWithoutHost(this ILogger logger, long count) => SafeLogger.For(logger).NotLoggedWithoutHost(count);

    public static void TableIsBeingSetUp(this ILogger logger, ITableScript script) =>
        SafeLogger.For(logger).TableIsBeingSetUp(script.ToString()!, script.Owner);

    public static void TableIsInUse(this ILogger logger, ITableScript script, string users, TimeSpan waited) =>
        SafeLogger.For(logger).TableIsInUse(script.ToString()!, script.Owner, new LogSafeText(users), waited);

    [LoggerMessage(60, LogLevel.Warning, "The database of the invitation queue cannot be reached: {Error}. The queue starts as soon as the database answers.")]
    private static partial void Waits(this ILogger logger, LogSafeText error);

    [LoggerMessage(61, LogLevel.Information, "The invitation queue {Queue} in the table {Table} is ready.")]
    private static partial void IsReady(this ILogger logger, string queue, string table);

    [LoggerMessage(62, LogLevel.Warning, "synchronous_commit is off on the connections that enqueue: a crash of the database loses invitations that were accepted within the last second. Turn it on for this role, database or connection string.")]
    private static partial void LosesInvitations(this ILogger logger);

    [LoggerMessage(63, LogLevel.Warning, "The database of the invitation queue fails: {Error}. Deliveries wait, and the queue tries again until it works.")]
    private static partial void Fails(this ILogger logger, LogSafeText error);

    [LoggerMessage(64, LogLevel.Information, "The database of the invitation queue works again.")]
    private static partial void Works(this ILogger logger);

    [LoggerMessage(65, LogLevel.Error, "The headers of message {MessageId} of the invitation queue cannot be read. It is dead and stays in the table.")]
    private static partial void IsUnreadable(this ILogger logger, long messageId);

    [LoggerMessage(66, LogLevel.Warning, "Message {MessageId} of the invitation queue is dead and stays in the table: {Reason}")]
    private static partial void IsDead(this ILogger logger, long messageId, LogSafeText reason);

    [LoggerMessage(67, LogLevel.Error, "Message {MessageId} of the invitation queue could not be handled, because the application's services threw {Error}. It is handled again in {Delay}.")]
    private static partial void IsDeferred(this ILogger logger, long messageId, string error, TimeSpan delay);

    [LoggerMessage(68, LogLevel.Information, "The table {Table} of the {Owner} was created or upgraded.")]
    private static partial void TableCreated(this ILogger logger, string table, string owner);

    [LoggerMessage(69, LogLevel.Warning, "{Count} dead invitation(s) were older than DeadLetterRetention and were deleted.")]
    private static partial void Expired(this ILogger logger, long count);

    [LoggerMessage(70, LogLevel.Error, "The invitation queue cannot start, and tries again: {Error}")]
    private static partial void Refuses(this ILogger logger, string error);

    [LoggerMessage(71, LogLevel.Warning, "The delivery log cannot be written. Deliveries continue, and their entries wait in memory until the database works: {Error}")]
    private static partial void LogFails(this ILogger logger, string error);

    [LoggerMessage(72, LogLevel.Information, "The delivery log is written again.")]
    private static partial void LogWorks(this ILogger logger);

    [LoggerMessage(73, LogLevel.Warning, "Entries missing from the delivery log: {Count}. The database was down for too long, or refused them.")]
    private static partial void NotLogged(this ILogger logger, long count);

    [LoggerMessage(74, LogLevel.Warning, "Entries of the delivery log that are older than Retention cannot be deleted: {Error}. The next try follows in a minute.")]
    private static partial void NotDeleted(this ILogger logger, LogSafeText error);

    [LoggerMessage(75, LogLevel.Warning, "Dead invitations that are older than DeadLetterRetention cannot be deleted: {Error}. The queue tries again every minute.")]
    private static partial void NotExpired(this ILogger logger, LogSafeText error);

    [LoggerMessage(76, LogLevel.Error, "The table {Table} of the invitation queue is missing: {Error}. The invitations in it are lost unless it is restored. The queue creates an empty table and continues with it.")]
    private static partial void IsGone(this ILogger logger, string table, LogSafeText error);

    [LoggerMessage(77, LogLevel.Error, "The table {Table} of the invitation queue cannot be created, and the queue tries again: {Error}")]
    private static partial void StaysAway(this ILogger logger, string table, string error);

    [LoggerMessage(78, LogLevel.Error, "The database refuses to record that message {MessageId} of the invitation queue is {Settlement}: {Error}. The message is delivered again when its lease has expired.")]
    private static partial void NotSettled(this ILogger logger, long messageId, SettlementKind settlement, LogSafeText error);

    [LoggerMessage(79, LogLevel.Error, "A background task of the invitation queue failed unexpectedly with {Error}, and starts again. Please report this with the stack trace:\n{StackTrace}")]
    private static partial void Failed(this ILogger logger, string error, string? stackTrace);

    [LoggerMessage(80, LogLevel.Information, "Another process creates or upgrades the table {Table} of the {Owner}. This process waits for it.")]
    private static partial void TableIsBeingSetUp(this ILogger logger, string table, string owner);

    [LoggerMessage(81, LogLevel.Warning, "The table {Table} of the {Owner} cannot be created or upgraded while others use it: {Users}. After {Waited}, this process stopped waiting, so that they can go on, and tries again later. End their transactions, or wait for them.")]
    private static partial void TableIsInUse(this ILogger logger, string table, string owner, LogSafeText users, TimeSpan waited);

    [LoggerMessage(82, LogLevel.Warning, "Entries missing from the delivery log: {Count}. They were reported when the host was not running.")]
    private static partial void NotLoggedWithoutHost(this ILogger logger, long count);
}
