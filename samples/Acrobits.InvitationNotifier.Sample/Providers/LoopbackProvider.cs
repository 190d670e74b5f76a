using System.IO.Pipelines;
using System.Net;
using Acrobits.InvitationNotifier.Sample.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Acrobits.InvitationNotifier.Sample.Providers;

/// <summary>A provider's web service on this machine. It shows each request as it came and answers as it is told.</summary>
internal sealed class LoopbackProvider : IAsyncDisposable
{
    private const int MaxBodySize = 128 * 1024;

    private readonly WebApplication _app;

    private LoopbackProvider(WebApplication app) => _app = app;

    /// <summary>For instance <c>http://127.0.0.1:8080</c>.</summary>
    public string Address => _app.Urls.Single();

    /// <param name="endPoint">Where to listen; port 0 takes any that is free.</param>
    /// <param name="answer">Gets the request as it came and gives the status to answer with.</param>
    /// <param name="onGarbage">Gets what came on a connection and was no request.</param>
    public static async Task<LoopbackProvider> StartAsync(
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
            // Nothing has been read beyond the head before the body is asked for.
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

        return new LoopbackProvider(app);
    }

    public Task StopAsync() => _app.StopAsync();

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
