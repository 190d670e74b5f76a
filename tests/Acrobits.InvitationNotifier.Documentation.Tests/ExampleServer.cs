using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>Runs an example that is a web server, as it is written, on a free port of the loopback address.</summary>
internal sealed class ExampleServer : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IAsyncDisposable
{
    // Tells the host of this server from the hosts of other tests.
    private static readonly AsyncLocal<ExampleServer?> Current = new();

    private readonly TaskCompletionSource<IHost> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DirectoryInfo _contentRoot = Directory.CreateTempSubdirectory();
    private readonly List<IDisposable> _subscriptions = [];
    private Task _program = Task.CompletedTask;
    private IHost? _host;

    /// <summary>Everything that the program logged, on all levels.</summary>
    public FakeLogCollector Logs => _host!.Services.GetFakeLogCollector();

    public HttpClient Client { get; private set; } = new();

    /// <summary>Starts the program with settings that a reader would write into <c>appsettings.json</c>.</summary>
    public static async Task<ExampleServer> StartAsync(Example example, params string[] settings)
    {
        var server = new ExampleServer();
        var main = Assembly.Load(ExampleCompiler.Compile(example)).EntryPoint!;
        string[] args =
        [
            "--urls=http://127.0.0.1:0", $"--contentRoot={server._contentRoot.FullName}", "--Logging:LogLevel:Default=Trace", "--Logging:Console:LogLevel:Default=None",
            .. settings,
        ];
        server._subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(server));
        server._program = Task.Factory.StartNew(
            () =>
            {
                Current.Value = server;
                main.Invoke(null, [args]);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        // A program that fails to start ends.
        await Task.WhenAny(server._started.Task, server._program);
        if (server._program.IsFaulted)
        {
            await server._program;
        }

        server._host = await server._started.Task;
        server.Client = new HttpClient { BaseAddress = new Uri(server._host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _host?.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _program;
        _subscriptions.ForEach(subscription => subscription.Dispose());
        _contentRoot.Delete(recursive: true);
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting" && Current.Value == this)
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    // The events through which Entity Framework and WebApplicationFactory reach the host of a program.
    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (Current.Value != this)
        {
            return;
        }

        switch (value)
        {
            case ("HostBuilding", IHostBuilder builder):
                builder.ConfigureServices(services => services.AddLogging(logging => logging.AddFakeLogging()));
                break;
            case ("HostBuilt", IHost host):
                host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => _started.SetResult(host));
                break;
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }
}
