namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>The SQL that creates a table, or upgrades it. Its text is the table, as people write it.</summary>
internal interface ITableScript
{
    /// <summary>What the table belongs to, for logs and exceptions.</summary>
    string Owner { get; }

    string Schema { get; }

    /// <summary>The table with its schema, as SQL.</summary>
    string Sql { get; }

    /// <summary>A query that returns whether the table, its parameter, is there in the current version.</summary>
    string IsCurrent { get; }

    /// <summary>Statements that can be run any number of times.</summary>
    string CreateOrUpgrade { get; }

    /// <summary>A statement that grants a role (a quoted name) the use of the sequence that numbers the rows. Empty if there is no sequence.</summary>
    string GrantSequence(string role);
}
