using System.Text.RegularExpressions;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Setup;

/// <summary>The SQL that docs/postgresql.md gives to operators works, and the page explains each column.</summary>
[Trait("Category", "postgres")]
public sealed partial class PageTests(PostgresFixture postgres)
{
    private static readonly string Page = ReadPage();

    private static IReadOnlyList<string> Sql => [.. SqlExample().Matches(Page).Select(example => example.Groups["sql"].Value.Trim().TrimEnd(';'))];

    [Fact]
    public async Task Monitoring_ReadyUnderWayDeferredAndDead_AreCounted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var host = await new TestQueue(database).StartSenderAsync();
        await host.EnqueueAsync(Samples.Many(10));
        await database.ExecuteAsync(
            $"""
            UPDATE {TestQueue.Table} SET visible = now() - interval '5 min' WHERE id = 1;
            UPDATE {TestQueue.Table} SET visible = now() + interval '30 s', lease = 7 WHERE id IN (2, 3);
            UPDATE {TestQueue.Table} SET visible = now() + interval '1 h' WHERE id IN (4, 5, 6);
            UPDATE {TestQueue.Table} SET recipient = '{TestQueue.Dead}', visible = now() - interval '1 day' WHERE id > 6;
            """);

        var row = await database.ReadAsync<string>(
            $"SELECT format('%s %s %s %s %s', ready, under_way, deferred, dead, longest_wait BETWEEN '5 min' AND '10 min') FROM ({Sql[0]}) AS monitoring");

        Assert.Equal(["1 2 3 4 t"], row);
    }

    [Fact]
    public async Task Sql_InTheOrderOfThePage_Runs()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await new TestQueue(database).StartSenderAsync())
        {
        }

        foreach (var sql in Sql)
        {
            await database.ExecuteAsync(sql);
        }

        Assert.Equal([0L], await database.ReadAsync<long>("SELECT count(*) FROM pg_class WHERE relname LIKE 'invitation\\_messages%'"));
        Assert.Equal([0L], await database.ReadAsync<long>("SELECT count(*) FROM pg_proc WHERE proname LIKE 'invitation\\_messages%'"));
    }

    [Fact]
    public async Task Columns_OfTheTable_AreExplained()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using (await new TestQueue(database).StartSenderAsync())
        {
        }

        var columns = await database.ReadAsync<string>(
            $"SELECT attname::text FROM pg_attribute WHERE attrelid = '{TestQueue.Table}'::regclass AND attnum > 0 AND NOT attisdropped");

        Assert.All(columns, column => Assert.Contains($"`{column}`", Page, StringComparison.Ordinal));
    }

    private static string ReadPage()
    {
        using StreamReader reader = new(typeof(PageTests).Assembly.GetManifestResourceStream("postgresql.md")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex("^```sql\n(?<sql>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex SqlExample();
}
