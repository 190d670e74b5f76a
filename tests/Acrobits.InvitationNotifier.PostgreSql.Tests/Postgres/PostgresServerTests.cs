using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

[Trait("Category", "postgres")]
public sealed class PostgresServerTests(PostgresFixture postgres)
{
    [Fact]
    public async Task CreateDatabaseAsync_Twice_DatabasesAreApart()
    {
        await using var one = await postgres.CreateDatabaseAsync();
        await using var other = await postgres.CreateDatabaseAsync();

        await one.ExecuteAsync("CREATE TABLE t (id int); INSERT INTO t VALUES (7)");
        await other.ExecuteAsync("CREATE TABLE t (id int)");

        Assert.Equal([7], await one.ReadAsync<int>("SELECT id FROM t"));
        Assert.Empty(await other.ReadAsync<int>("SELECT id FROM t"));
    }

    [Fact]
    public async Task StopAsync_ThenStarted_WhatWasCommittedIsThere()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        await database.ExecuteAsync("CREATE TABLE t (id int); INSERT INTO t VALUES (7)");

        await server.StopAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => database.ExecuteAsync("SELECT 1"));
        await server.StartAsync();

        Assert.Equal([7], await database.ReadAsync<int>("SELECT id FROM t"));
    }

    [Fact]
    public async Task DisposeAsync_Server_LeavesNothing()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        string folder;
        await using (var server = await PostgresServer.CreateAsync())
        {
            await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
            folder = Assert.Single(await database.ReadAsync<string>("SELECT current_setting('data_directory')"));
            Assert.StartsWith("acrobits-postgres.", Path.GetFileName(Path.GetDirectoryName(folder)), StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(folder)));
    }
}
