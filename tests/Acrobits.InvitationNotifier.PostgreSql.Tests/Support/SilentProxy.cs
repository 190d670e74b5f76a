using System.Net;
using System.Net.Sockets;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

/// <summary>
/// A way to the database on which connections can fall silent: they stay open, and nothing passes any more, as after a power
/// cut or a firewall that has forgotten them. New ones work.
/// </summary>
internal sealed class SilentProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private volatile CancellationTokenSource _silence = new();

    public SilentProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Silences the connections there are.</summary>
    public void Silence() => Interlocked.Exchange(ref _silence, new CancellationTokenSource()).Cancel();

    /// <summary>Silences the connections there are and will be, as if the database stood still.</summary>
    public void SilenceForGood() => _silence.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ConnectAsync(client, _silence.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ConnectAsync(TcpClient client, CancellationToken silence)
    {
        using (client)
        using (TcpClient server = new())
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await Task.WhenAny(
                PassAsync(client.GetStream(), server.GetStream(), silence), PassAsync(server.GetStream(), client.GetStream(), silence));
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, CancellationToken silence)
    {
        try
        {
            await from.CopyToAsync(to, silence);
        }
        catch (OperationCanceledException)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        catch (IOException)
        {
            // One side has closed.
        }
    }
}
