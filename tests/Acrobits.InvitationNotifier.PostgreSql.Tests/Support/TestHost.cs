using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

/// <summary>An application, with everything kept that it logs, Rebus' own messages included.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IInvitationQueue Queue => Services.GetRequiredService<IInvitationQueue>();

    public IInvitationQueueManager Manager => Services.GetRequiredService<IInvitationQueueManager>();

    public IReadOnlyList<FakeLogRecord> Logs => Services.GetFakeLogCollector().GetSnapshot();

    public static TestHost Build(Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        register(builder.Services);
        return new TestHost(builder.Build());
    }

    public static async Task<TestHost> StartAsync(Action<IServiceCollection> register)
    {
        var host = Build(register);
        await host.StartAsync();
        return host;
    }

    public Task StartAsync() => _host.StartAsync();

    public async Task EnqueueAsync(params IEnumerable<Invitation> invitations)
    {
        foreach (var invitation in invitations)
        {
            await Queue.EnqueueAsync(invitation);
        }
    }

    public Task StopAsync() => _host.StopAsync();

    public int CountLogs(int eventId) => Logs.Count(record => record.Id.Id == eventId);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
