using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

[Trait("Category", "postgres")]
public sealed class RestartTests(PostgresFixture postgres)
{
    private const int Parallelism = 5;

    [Fact]
    public async Task Receive_ConnectionsAreCut_NothingIsLostAndFewArriveTwice()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, 0, cut.Task));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));
        await host.EnqueueAsync(Samples.Many(20));
        await Eventually.BecomesAsync(() => provider.Requests.Count == Parallelism, "the host has its hands full");

        // To the database, it is as if the host had died with its work half done.
        var terminated = await database.ReadAsync<bool>(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Assert.Contains(true, terminated);
        cut.SetResult();

        await Arrivals.UntilAsync(provider, 20);
        await queue.UntilEmptyAsync();
        Assert.InRange(provider.Requests.Count, 20, 20 + Parallelism);
        Assert.Empty(await queue.ReasonsAsync());
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task Receive_DatabaseCrashesAndIsBack_NothingIsLostAndFewArriveTwice()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.CreateAsync();
        await using var database = await PostgresDatabase.CreateAsync(server.ConnectionString);
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var provider = RawProvider.Playing(connection => AnswerAfterAsync(connection, 10, crashed.Task));
        var queue = new TestQueue(database);
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template));
        await host.EnqueueAsync(Samples.Many(30));
        await Eventually.BecomesAsync(() => provider.Requests.Count == 10 + Parallelism, "some are done, and some under way");

        await server.StopAsync();
        crashed.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => host.EnqueueAsync(Samples.Numbered(31)));
        await server.StartAsync();

        await Arrivals.UntilAsync(provider, 30);
        await queue.UntilEmptyAsync();

        // Completions do not wait for the disk, so the crash undoes those of its last moments.
        Assert.InRange(provider.Requests.Count, 30, 30 + 10 + Parallelism);
        Assert.Empty(await queue.ReasonsAsync());
        await host.EnqueueAsync(Samples.Numbered(31));
        await Arrivals.UntilAsync(provider, 31);
        Samples.AssertKept(host);
    }

    // The first requests are answered at once, the others are under way when it happens.
    private static async Task AnswerAfterAsync(RawConnection connection, int atOnce, Task happened)
    {
        if (await connection.ReadRequestAsync() > atOnce)
        {
            await happened.WaitAsync(connection.Stop);
        }

        await connection.SendAsync(Answers.NoContent);
    }
}
