namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The names that identify a queue in a database, quoted where SQL needs it.</summary>
internal sealed class QueueTable(PostgreSqlInvitationQueueOptions options)
{
    /// <summary>The key of the network in an index: the first characters of its id, because the size of an index entry is limited.</summary>
    public const string NetworkKey = "left(network_id, 256) COLLATE \"C\"";

    /// <summary>The value of the column <c>recipient</c> of invitations that wait or are under way.</summary>
    public string Queue { get; } = options.QueueName;

    /// <summary>The value of the column <c>recipient</c> of dead invitations.</summary>
    public string DeadLetterQueue { get; } = options.DeadLetterQueue;

    public string Schema { get; } = options.Schema;

    public string Name { get; } = options.Table;

    /// <summary>The table with its schema, as SQL.</summary>
    public string Sql { get; } = $"{Quote(options.Schema)}.{Quote(options.Table)}";

    /// <summary>An object that belongs to the table and lies in its schema, such as a function, as SQL.</summary>
    public string SqlOf(string name) => $"{Quote(Schema)}.{Quote(name)}";

    public override string ToString() => $"{Schema}.{Name}";

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
