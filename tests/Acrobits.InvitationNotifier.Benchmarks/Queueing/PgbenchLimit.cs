using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Npgsql;

namespace Acrobits.InvitationNotifier.Benchmarks.Queueing;

/// <summary>
/// What the database itself can do: pgbench takes messages with a bare DELETE ... SKIP LOCKED, one in each transaction, and does
/// nothing with them.
/// </summary>
internal static partial class PgbenchLimit
{
    /// <returns>How many messages a second; null if there is no pgbench.</returns>
    public static async Task<double?> MeasureAsync(PostgresDatabase database, string table, int messages, bool waitsForDisk)
    {
        var program = Path.Combine(PostgresPrograms.Directory!, "pgbench");
        if (!File.Exists(program))
        {
            return null;
        }

        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                script,
                $"""
                DELETE FROM {table} WHERE id = (
                    SELECT id FROM {table} WHERE recipient = '{QueueWorker.Queue}' AND visible <= now()
                    ORDER BY visible, id LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING headers, body;
                """);
            var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            var transactions = (messages / QueueWorker.Parallelism).ToString(CultureInfo.InvariantCulture);
            using var process = Process.Start(new ProcessStartInfo(
                program,
                [
                    "--no-vacuum", "--protocol=prepared", $"--client={QueueWorker.Parallelism}", "--jobs=2", $"--transactions={transactions}", $"--file={script}",
                    $"--host={settings.Host}", $"--port={settings.Port}", $"--username={settings.Username}", settings.Database!,
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["PGPASSWORD"] = settings.Password,
                    ["PGOPTIONS"] = $"-c synchronous_commit={(waitsForDisk ? "on" : "off")}",
                },
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return Rate().Match(output) is { Success: true } match
                ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"pgbench: {await error}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    [GeneratedRegex(@"^tps = ([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Rate();
}
