using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>
/// The web service that answers 204 to everything, in a process of its own on 127.0.0.1: nginx where it is installed,
/// which leaves more of the processor to the clients, else Kestrel.
/// </summary>
internal sealed class LoadServer : IDisposable
{
    public const string Command = "serve-load";

    private readonly SelfProcess _process;

    private LoadServer(SelfProcess process)
    {
        _process = process;
        var answer = process.Answer.Split(' ');
        Name = answer[0];
        Origin = new Uri($"http://127.0.0.1:{answer[1]}");
    }

    public string Name { get; }

    public Uri Origin { get; }

    public static async Task<LoadServer> StartAsync() => new(await SelfProcess.StartAsync(Command));

    public void Dispose() => _process.Dispose();

    /// <summary>The process itself.</summary>
    public static async Task ServeAsync()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var port = FindFreePort();
            using var nginx = await StartNginxAsync(directory.FullName, port);
            if (nginx is not null)
            {
                await SelfProcess.ServeAsync(string.Create(CultureInfo.InvariantCulture, $"nginx {port}"));
                nginx.Kill();
                await nginx.WaitForExitAsync();
                return;
            }

            await using var kestrel = CreateKestrel(port);
            await kestrel.StartAsync();
            await SelfProcess.ServeAsync(string.Create(CultureInfo.InvariantCulture, $"Kestrel {port}"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    // Null where there is none, or where it does not like its configuration.
    private static async Task<Process?> StartNginxAsync(string directory, int port)
    {
        // One process, in the foreground, with nothing outside of the directory.
        var configuration = Path.Combine(directory, "nginx.conf");
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr crit;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                keepalive_requests 1000000000;
                server {
                    listen 127.0.0.1:{{port}} backlog=512;
                    location / { return 204; }
                }
            }
            """));
        Process nginx;
        try
        {
            nginx = Process.Start(new ProcessStartInfo("nginx", ["-p", directory, "-c", configuration, "-e", "stderr"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        while (!nginx.HasExited)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return nginx;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }

        nginx.Dispose();
        return null;
    }

    private static WebApplication CreateKestrel(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        var server = builder.Build();
        server.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        return server;
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
