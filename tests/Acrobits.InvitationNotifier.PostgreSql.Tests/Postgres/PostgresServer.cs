using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;

/// <summary>
/// A PostgreSQL server of the tests' own: on loopback alone, with a password, in a temporary folder. It ends with the object,
/// and with the process of the tests, however that ends.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    // Only keeps a server that never answers from hanging the tests.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private int _port;

    private PostgresServer(Process process, string password)
    {
        _process = process;
        Password = password;
    }

    /// <summary>Why there can be no such server on this machine; null: there can.</summary>
    public static string? Missing =>
        PostgresPrograms.Directory is null ? "PostgreSQL's initdb and pg_ctl are not installed." : null;

    /// <summary>To the database <c>postgres</c>, as its superuser.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = _port,
        Username = "postgres",
        Password = Password,
        Database = "postgres",
    }.ConnectionString;

    private string Password { get; }

    /// <summary>A file on the server's own disk, as this process sees it.</summary>
    public string FileOnDisk => $"/proc/{_process.Id}/root/mnt/filler";

    public static Task<PostgresServer> CreateAsync() => CreateAsync(diskSize: "");

    /// <summary>Creates a server whose disk is so small; only root can.</summary>
    public static async Task<PostgresServer> CreateAsync(string diskSize)
    {
        var password = Guid.NewGuid().ToString("N");
        var server = new PostgresServer(Launch(diskSize), password);
        try
        {
            await server.TellAsync(password);
            await server.StartOnFreePortAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server, on the same port as before, and waits until it can be connected to.</summary>
    public Task StartAsync() => TellAsync($"start {_port}");

    /// <summary>Stops the server as a crash does.</summary>
    public Task StopAsync() => TellAsync("stop");

    /// <summary>SIGKILL: the server gets no chance to do anything.</summary>
    public Task KillAsync() => TellAsync("kill");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Limit);
        _process.Dispose();
    }

    private static Process Launch(string diskSize)
    {
        using var resource = typeof(PostgresServer).Assembly.GetManifestResourceStream("server.sh")!;
        using var reader = new StreamReader(resource);
        var script = reader.ReadToEnd();

        // As a text, because another account might not be allowed to read the file.
        return Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "sh", PostgresPrograms.Directory!, script, diskSize])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
    }

    // Below the ports that systems give to clients: a server that is started again must find its own still free.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // In use.
            }
        }
    }

    private async Task StartOnFreePortAsync()
    {
        for (var tries = 1; ; tries++)
        {
            _port = FreePort();
            try
            {
                await StartAsync();
                return;
            }
            catch (InvalidOperationException) when (tries < 5)
            {
                // Somebody else was faster to take the port.
            }
        }
    }

    private async Task TellAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit);
        if (answer != "ok")
        {
            throw new InvalidOperationException($"PostgreSQL: {answer}");
        }
    }
}
