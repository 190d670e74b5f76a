using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.Egress;

/// <summary>A client that connects through the guard to a provider on 127.0.0.1; names are looked up by the test.</summary>
internal sealed class GuardedClient : IDisposable
{
    private readonly ServiceProvider _provider;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _client;

    public GuardedClient(string allowedRange, params string[] answers)
        : this(allowedRange, (_, _) => Task.FromResult(Array.ConvertAll(answers, IPAddress.Parse)))
    {
    }

    public GuardedClient(string allowedRange, Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddInvitationNotifier(options => options.Egress.AllowedRanges = [allowedRange]);
        _provider = services.BuildServiceProvider();
        var guard = new EgressGuard(
            () => _provider.GetRequiredService<SettingsProvider>().Current.Connections, time ?? _provider.GetRequiredService<TimeProvider>())
        {
            Resolve = resolve,
        };
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellationToken) => guard.ConnectAsync(context, guard.Current, cancellationToken),
            UseProxy = false,
        });
        _listener.Start();
    }

    /// <summary>Whether a connection arrived that nobody answered.</summary>
    public bool IsConnectedTo => _listener.Pending();

    /// <summary>Gets the status for a URL of that host; the provider answers one connection.</summary>
    public async Task<HttpStatusCode> GetAsync(string host = "provider.example")
    {
        var answering = AnswerAsync();
        using var response = await _client.GetAsync($"http://{host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        await answering;
        return response.StatusCode;
    }

    /// <summary>Gets what the guard threw for a host.</summary>
    public async Task<Exception> FailAsync(string host = "provider.example", CancellationToken cancellationToken = default)
    {
        var exception = await Record.ExceptionAsync(
            () => _client.GetAsync($"http://{host}:{((IPEndPoint)_listener.LocalEndpoint).Port}/", cancellationToken));
        return exception is HttpRequestException { InnerException: { } inner } ? inner : exception!;
    }

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
        _provider.Dispose();
    }

    private async Task AnswerAsync()
    {
        using var connection = await _listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        await stream.WriteAsync("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray());
    }
}
