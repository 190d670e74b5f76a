using System.Globalization;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Worker;

/// <summary>A database and the settings of the workers and commands that use it; what it starts ends with it.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    public const int MaxParallelism = 8;

    private readonly PostgresDatabase _database;
    private readonly string _folder = Directory.CreateTempSubdirectory("acrobits-worker").FullName;
    private readonly List<WorkerProcess> _processes = [];

    private Workplace(PostgresDatabase database, string url)
    {
        _database = database;
        Settings = new()
        {
            ["ConnectionStrings:Postgres"] = database.ConnectionString,
            ["Queue:MaxConcurrentDeliveries"] = MaxParallelism.ToString(CultureInfo.InvariantCulture),
            ["Queue:Lease"] = "00:00:10",
            ["StopWithInput"] = "true",
            ["InvitationNotifier:InvitationCreatedUrl"] = url,
            ["InvitationNotifier:SendIdempotencyKey"] = "true",
            ["InvitationNotifier:AttemptTimeout"] = "12:00:00",
            ["InvitationNotifier:TotalTimeout"] = "12:00:00",
            ["InvitationNotifier:Egress:AllowedRanges:0"] = "127.0.0.0/8",
        };
    }

    /// <summary>As they stand in the environment of the processes, with ":" for "__".</summary>
    public Dictionary<string, string> Settings { get; }

    public static async Task<Workplace> CreateAsync(PostgresFixture postgres, CountingProvider provider) =>
        new(await postgres.CreateDatabaseAsync(), provider.Url);

    public static async Task<Workplace> CreateAsync(PostgresServer server, CountingProvider provider) =>
        new(await PostgresDatabase.CreateAsync(server.ConnectionString), provider.Url);

    /// <summary>A worker that tells the provider its name.</summary>
    public WorkerProcess StartWorker(string name) =>
        Start(new Dictionary<string, string>(Settings) { ["InvitationNotifier:UserAgent"] = name }, "run");

    /// <summary>Runs a command to its end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var process = Start(Settings, arguments);
        var exitCode = await process.ExitCodeAsync();
        return (exitCode, process.Output, process.Errors);
    }

    /// <summary>A file of invitations of one network, whose invitees are numbers: 1, 2, ...</summary>
    public async Task<string> WriteFileAsync(int count, string network = "mynet", int first = 1)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.csv");
        await File.WriteAllLinesAsync(file, Enumerable.Range(first, count)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{number},someuser,{network}"))
            .Prepend("invitee,invitor,network_id"));
        return file;
    }

    /// <summary>Puts such a file into the queue, with the command.</summary>
    public async Task EnqueueAsync(int count, string network = "mynet", int first = 1)
    {
        var (exitCode, output, errors) = await RunAsync("enqueue", await WriteFileAsync(count, network, first));
        Assert.True(exitCode == 0, errors);
        Assert.Contains($"{count} invitation(s) are in the queue.", output, StringComparison.Ordinal);
    }

    public Task ExecuteAsync(string sql) => _database.ExecuteAsync(sql);

    public async Task<long> CountMessagesAsync(string condition = "true") =>
        (await _database.ReadAsync<long>($"select count(*) from invitation_messages where {condition}"))[0];

    /// <summary>Waits until there is no message, neither ready, deferred, dead nor under way.</summary>
    public Task UntilEmptyAsync() => UntilAsync(0);

    /// <summary>Waits until so many messages fulfil the condition.</summary>
    public async Task UntilAsync(long count, string condition = "true")
    {
        // As long as something moves, a slow machine may take its time.
        var (seen, until) = (-1L, DateTime.UtcNow);
        while (await CountMessagesAsync(condition) is var now && now != count)
        {
            if (now != seen)
            {
                (seen, until) = (now, DateTime.UtcNow + Eventually.Limit);
            }

            Assert.True(DateTime.UtcNow < until, $"{now} messages fulfil {condition}, not {count}: {LastWords()}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        await _database.DisposeAsync();
    }

    private WorkerProcess Start(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var process = new WorkerProcess(settings, arguments);
        _processes.Add(process);
        return process;
    }

    private string LastWords() => string.Join('\n', _processes.Select(process => $"{process.Output}\n{process.Errors}"));
}
