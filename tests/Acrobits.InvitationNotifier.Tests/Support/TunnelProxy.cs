using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>A proxy on loopback that asks for credentials and tunnels each host to one port of loopback.</summary>
internal sealed class TunnelProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _conversations = [];
    private readonly int _target;
    private readonly bool _wantsCredentials;
    private readonly Task _accepting;
    private int _requests;

    public TunnelProxy(int target, bool wantsCredentials)
    {
        (_target, _wantsCredentials) = (target, wantsCredentials);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Requests => Volatile.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_conversations);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _conversations.Add(ConverseAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            while (await ReadHeaderAsync(stream) is { Length: > 0 } header)
            {
                Interlocked.Increment(ref _requests);
                if (_wantsCredentials && !header.Contains("Proxy-Authorization: Basic", StringComparison.Ordinal))
                {
                    await SendAsync(stream, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n");
                    continue;
                }

                if (!header.StartsWith("CONNECT ", StringComparison.Ordinal))
                {
                    await SendAsync(stream, "HTTP/1.1 204 No Content\r\n\r\n");
                    continue;
                }

                using var target = new TcpClient();
                await target.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await SendAsync(stream, "HTTP/1.1 200 OK\r\n\r\n");
                await Task.WhenAny(
                    stream.CopyToAsync(target.GetStream(), _stop.Token), target.GetStream().CopyToAsync(stream, _stop.Token));
                return;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
        {
        }
    }

    private async Task<string> ReadHeaderAsync(NetworkStream stream)
    {
        var header = new StringBuilder();
        var one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return "";
            }

            header.Append((char)one[0]);
        }

        return header.ToString();
    }

    private Task SendAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stop.Token).AsTask();
}
