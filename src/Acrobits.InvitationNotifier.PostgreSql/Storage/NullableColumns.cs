using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Storage;

/// <summary>Reads columns that can be null.</summary>
internal static class NullableColumns
{
    public static string? GetTextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static DateTimeOffset? GetTimeOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
