using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Acrobits.InvitationNotifier.Interoperability.Tests.Servers;

/// <summary>
/// A server of a test: a process that listens on loopback, with all its files in a temporary folder. It ends with the object,
/// and with the process of the tests, however that ends.
/// </summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Process _guard;
    private readonly List<string> _output = [];

    private Server(Process guard, string folder, string port)
    {
        _guard = guard;
        Folder = folder;
        Port = port;
    }

    public string Folder { get; }

    public string Port { get; }

    /// <summary>Starts a server, or skips the test where its program is missing.</summary>
    public static async Task<Server> StartAsync(ServerProgram program)
    {
        var path = program.FindInstalled();
        Assert.SkipWhen(path is null, $"The package {program.Name} is not installed.");
        for (var tries = 1; ; tries++)
        {
            var server = await LaunchAsync(program, path, FreePort());
            if (await server.IsReadyAsync(program.Ready).WaitAsync(Eventually.Limit))
            {
                return server;
            }

            await server.DisposeAsync();
            if (tries == 5)
            {
                throw new InvalidOperationException($"{program.Name}: {string.Join('\n', server._output)}");
            }

            // Somebody else was faster to take the port.
        }
    }

    /// <summary>What the server has written to <c>requests.jsonl</c>.</summary>
    public IReadOnlyList<T> ReadRequests<T>()
    {
        var path = Path.Combine(Folder, "requests.jsonl");
        return File.Exists(path) ? [.. Lines(File.ReadAllText(path)).Select(line => JsonSerializer.Deserialize<T>(line, Json)!)] : [];
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync().WaitAsync(Eventually.Limit);
        _guard.Dispose();
    }

    private static async Task<Server> LaunchAsync(ServerProgram program, string path, string port)
    {
        var folder = Directory.CreateTempSubdirectory("acrobits-interoperability.").FullName;
        foreach (var (name, content) in program.Files(port))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), content);
        }

        // In a session of its own, so that a signal to the process group of the tests leaves the guard to clean up.
        var guard = Process.Start(new ProcessStartInfo(
            "setsid", ["sh", "-c", ServerProgram.Resource("guard.sh"), "sh", folder, path, .. program.Arguments(port)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        return new Server(guard, folder, port);
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    // A line is whole when it has its end.
    private static string[] Lines(string text) => text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<bool> IsReadyAsync(string ready)
    {
        while (await _guard.StandardOutput.ReadLineAsync() is { } line)
        {
            _output.Add(line);
            if (line.Contains(ready, StringComparison.Ordinal))
            {
                // A server whose output is not read would stop some time.
                _ = _guard.StandardOutput.ReadToEndAsync();
                return true;
            }
        }

        return false;
    }
}
