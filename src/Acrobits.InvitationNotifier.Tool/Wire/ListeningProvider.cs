using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Acrobits.InvitationNotifier.Tool.Wire;

/// <summary>A provider's web service on this machine, with access to the bytes of each request.</summary>
internal sealed class ListeningProvider : IAsyncDisposable
{
    private const int MaxBodySize = 128 * 1024;

    private readonly WebApplication _app;

    private ListeningProvider(WebApplication app) => _app = app;

    /// <summary>The URL, such as <c>http://127.0.0.1:8080</c>.</summary>
    public string Address => _app.Urls.Single();

    /// <param name="endPoint">The address and port to listen on. Port 0: any free port.</param>
    /// <param name="answer">Takes the bytes of a request and returns the status to answer with.</param>
    /// <param name="onGarbage">Takes bytes that arrived and are not a request.</param>
    public static async Task<ListeningProvider> StartAsync(
        IPEndPoint endPoint, Func<byte[], int> answer, Action<byte[]>? onGarbage = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodySize;
            kestrel.Listen(endPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => TapAsync(connection, next, onGarbage));
            });
        });

        var app = builder.Build();
        app.Run(async context =>
        {
            // The server reads the body only when it is asked for.
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            var request = context.Features.GetRequiredFeature<WireTap>().TakeRequest();
            context.Response.StatusCode = answer(request);
        });

        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new ListeningProvider(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TapAsync(ConnectionContext connection, ConnectionDelegate next, Action<byte[]>? onGarbage)
    {
        WireTap tap = new(connection.Transport.Input);
        connection.Transport = new TappedTransport(tap, connection.Transport.Output);
        connection.Features.Set(tap);
        await next(connection);
        if (tap.TakeRest() is { Length: > 0 } rest)
        {
            onGarbage?.Invoke(rest);
        }
    }

    private sealed record TappedTransport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
