using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>A provider on loopback behind TLS, that answers each request with 204, or hangs up.</summary>
internal sealed class TlsProvider : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SslServerAuthenticationOptions _options;
    private readonly Task _accepting;
    private readonly ConcurrentQueue<string?> _clients = new();
    private int _connections;

    public TlsProvider(SslServerAuthenticationOptions options)
    {
        _options = options;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public TlsProvider(X509Certificate2 certificate, params X509Certificate2[] intermediates)
        : this(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, [.. intermediates], offline: true),
        })
    {
    }

    /// <summary>A provider that asks for a client certificate, and may accept that there is none.</summary>
    public static TlsProvider AskingForClients(X509Certificate2 certificate, bool accepts = true) => new(new SslServerAuthenticationOptions
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        ClientCertificateRequired = true,
        CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
        RemoteCertificateValidationCallback = (_, _, _, _) => accepts,
    });

    public bool HangsUp { get; init; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Requests => _clients.Count;

    /// <summary>The thumbprint of the client's certificate for each request; null if it sent none.</summary>
    public IReadOnlyList<string?> Clients => [.. _clients];

    /// <summary>The number of successful handshakes.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public string Url => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}/");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                conversations.Add(ConverseAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(conversations);
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(_options, _stop.Token);
            Interlocked.Increment(ref _connections);
            using var reader = new StreamReader(stream, leaveOpen: true);
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                if (line.Length == 0)
                {
                    _clients.Enqueue((stream.RemoteCertificate as X509Certificate2)?.Thumbprint);
                    if (HangsUp)
                    {
                        return;
                    }

                    await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException or SocketException)
        {
        }
    }
}
