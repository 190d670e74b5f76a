using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>A provider on loopback that speaks no more HTTP than its reply does.</summary>
internal sealed class Provider : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Channel<string> _arrivals = Channel.CreateUnbounded<string>();
    private readonly ConcurrentBag<Task> _conversations = [];
    private readonly Socket _listener;
    private readonly Reply _reply;
    private readonly Task _accepting;
    private int _connections;

    public Provider(Reply reply, IPAddress? address = null, int port = 0)
    {
        _reply = reply;
        address ??= IPAddress.Loopback;
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    public static bool HasIPv6 { get; } = FindIPv6();

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/");

    /// <summary>How many connections were opened, whatever came over them.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Waits for a request that nobody has waited for yet.</summary>
    public async Task<string> ArrivedAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        return await _arrivals.Reader.ReadAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_conversations);
        _stopping.Dispose();
    }

    private static bool FindIPv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptAsync(_stopping.Token);
                Interlocked.Increment(ref _connections);
                _conversations.Add(ConverseAsync(connection));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ConverseAsync(Socket connection)
    {
        using (connection)
        {
            try
            {
                for (var keepAlive = true; keepAlive;)
                {
                    if (await ReadAsync(connection) is not { } request)
                    {
                        return;
                    }

                    _requests.Enqueue(request);
                    _arrivals.Writer.TryWrite(request);
                    await _reply(connection, request, _stopping.Token);
                    keepAlive = connection.Connected && !request.Contains("Connection: close", StringComparison.Ordinal)
                        && request.Contains("HTTP/1.1\r\n", StringComparison.Ordinal);
                }

                await EndAsync(connection);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    // Waits for the other side's end: to close before it could reset the connection, and what was sent would be lost.
    private async Task EndAsync(Socket connection)
    {
        if (connection.LingerState is not { Enabled: true })
        {
            connection.Shutdown(SocketShutdown.Send);
            while (await connection.ReceiveAsync(new byte[1024], _stopping.Token) > 0)
            {
            }
        }
    }

    // Header and body; or what came first, where it is no HTTP.
    private async Task<string?> ReadAsync(Socket connection)
    {
        var buffer = new byte[64 * 1024];
        for (var length = 0; length < buffer.Length;)
        {
            var read = await connection.ReceiveAsync(buffer.AsMemory(length), _stopping.Token);
            if (read == 0)
            {
                return null;
            }

            length += read;
            var text = Encoding.UTF8.GetString(buffer, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (!char.IsAsciiLetterUpper(text[0]) || (end >= 0 && Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= ContentLength(text)))
            {
                return text;
            }
        }

        return null;
    }

    private static int ContentLength(string request)
    {
        const string Name = "\r\nContent-Length: ";
        var at = request.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(request.AsSpan(at + Name.Length, request.IndexOf('\r', at + 2) - at - Name.Length), CultureInfo.InvariantCulture);
    }
}
