using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

/// <summary>
/// One PostgreSQL for all tests, each with a database of its own: the server that the environment variable
/// <c>ACROBITS_TEST_POSTGRES</c> names with a connection string, else one that is started for them at first use.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private const string Variable = "ACROBITS_TEST_POSTGRES";

    private readonly Lazy<Task<PostgresServer>> _own = new(PostgresServer.CreateAsync);

    private static string? Given => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>Creates a database, or skips the test where there is no PostgreSQL.</summary>
    internal async Task<PostgresDatabase> CreateDatabaseAsync(string options = "")
    {
        if (Given is { } given)
        {
            return await PostgresDatabase.CreateAsync(given, options);
        }

        Assert.SkipWhen(PostgresServer.Missing is not null, $"{PostgresServer.Missing} Nor is {Variable} set.");
        return await PostgresDatabase.CreateAsync((await _own.Value).ConnectionString, options);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_own is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _own.Value).DisposeAsync();
        }
    }
}
