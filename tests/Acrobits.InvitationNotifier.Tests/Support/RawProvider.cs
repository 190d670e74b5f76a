using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>
/// A provider on a loopback socket, with no HTTP library in between: it keeps every request as the bytes that arrived,
/// and plays a script on each connection.
/// </summary>
internal sealed class RawProvider : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<RawConnection, Task> _script;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _requests = [];
    private readonly ConcurrentQueue<Task> _conversations = new();
    private readonly Task _accepting;
    private int _connections;
    private int _open;

    private RawProvider(Func<RawConnection, Task> script, IPAddress address)
    {
        _script = script;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Host and port as they stand in a URL.</summary>
    public string Authority => _listener.LocalEndpoint.ToString()!;

    /// <summary>What arrived, a text for each request: request line, headers and body.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>How many connections were made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>How many of them have not ended.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    /// <summary>Plays a script on each connection, which is closed when the script ends.</summary>
    public static RawProvider Playing(Func<RawConnection, Task> script, IPAddress? address = null) =>
        new(script, address ?? IPAddress.Loopback);

    /// <summary>Gives each request the next answer, and all further ones the last.</summary>
    public static RawProvider Answering(params string[] answers) => Playing(connection => connection.AnswerAllAsync(answers));

    public string Url(string pathAndQuery) => $"http://{Authority}{pathAndQuery}";

    /// <summary>Waits until the client has closed all its connections.</summary>
    public Task UntilAllHungUpAsync() => Eventually.BecomesAsync(() => OpenConnections == 0, "all connections are closed");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_conversations);
        _stop.Dispose();
    }

    internal int Add(string request)
    {
        lock (_requests)
        {
            _requests.Add(request);
            return _requests.Count;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var number = Interlocked.Increment(ref _connections);
                Interlocked.Increment(ref _open);
                _conversations.Enqueue(Task.Run(() => ConverseAsync(socket, number)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ConverseAsync(Socket socket, int number)
    {
        try
        {
            using var connection = new RawConnection(this, socket, number, _stop.Token);
            await _script(connection);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client hung up, or the test is over.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
