using System.Globalization;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

/// <summary>Where PostgreSQL's server programs are installed on this machine.</summary>
internal static class PostgresPrograms
{
    // Distributions keep them out of the PATH, a directory for each version.
    private static readonly string[] Roots = ["/usr/lib/postgresql", "/usr", "/opt/homebrew/opt", "/usr/local/opt"];

    /// <summary>The directory of the newest version; null where there is none.</summary>
    public static string? Directory { get; } = OperatingSystem.IsWindows() ? null : Versioned().Concat(OnPath()).FirstOrDefault(IsComplete);

    private static IEnumerable<string> Versioned() =>
        from root in Roots
        where System.IO.Directory.Exists(root)
        from directory in System.IO.Directory.GetDirectories(root)
        let name = Path.GetFileName(directory)
        where root == Roots[0] || name.StartsWith("pgsql-", StringComparison.Ordinal) || name.StartsWith("postgresql", StringComparison.Ordinal)
        orderby Version(name) descending
        select Path.Combine(directory, "bin");

    private static string[] OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static double Version(string name) =>
        double.TryParse(name.AsSpan(name.LastIndexOfAny(['-', '@']) + 1), CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static bool IsComplete(string directory) => IsThere(directory, "initdb") && IsThere(directory, "pg_ctl");

    // A link to a program that was removed since counts as a file too.
    private static bool IsThere(string directory, string program)
    {
        var path = Path.Combine(directory, program);
        return File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is null or { Exists: true };
    }
}
