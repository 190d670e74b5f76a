using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Rebus.Backoff;
using Rebus.Bus;
using Rebus.Config;
using Rebus.Retry.Simple;
using Rebus.Routing.TypeBased;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Support;

/// <summary>
/// An application with durable delivery, on a transport that the test chooses, with everything kept that it logs, Rebus'
/// own messages included. Where Rebus waits, it waits for less than by default.
/// </summary>
internal sealed class BusHost : IAsyncDisposable
{
    /// <summary>The queue that invitations are sent to.</summary>
    public const string Queue = "invitations";

    /// <summary>The queue of what could not be handled.</summary>
    public const string Errors = "error";

    private readonly IHost _host;

    private BusHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IBus Bus => Services.GetRequiredService<IBus>();

    public IReadOnlyList<FakeLogRecord> Logs => Services.GetFakeLogCollector().GetSnapshot();

    public static async Task<BusHost> StartAsync(
        Action<StandardConfigurer<ITransport>> transport,
        Action<IServiceCollection> register,
        RedeliverySchedule? schedule = null,
        Func<RebusConfigurer, RebusConfigurer>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        register(builder.Services);
        builder.Services.AddRebusInvitationQueue(schedule);
        builder.Services.AddRebus(bus => (configure ?? (same => same))(bus
            .Transport(transport)
            .Routing(routes => routes.TypeBased().Map<Invitation>(Queue))
            .Options(BeQuick)
            .UseInvitationMessages()));

        var host = new BusHost(builder.Build());
        await host._host.StartAsync();
        return host;
    }

    public async Task EnqueueAsync(params IEnumerable<Invitation> invitations)
    {
        foreach (var invitation in invitations)
        {
            await Services.GetRequiredService<IInvitationQueue>().EnqueueAsync(invitation);
        }
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        // Rebus' container waits for the workers in a way that would hold up the thread of the test.
        await Task.Run(() => _host.StopAsync());
        _host.Dispose();
    }

    private static void BeQuick(OptionsConfigurer options)
    {
        // As docs/queues.md has it.
        options.RetryStrategy(errorHandlerMode: ErrorHandlerMode.NextDelivery);

        // Less than a second counts as the least that Rebus knows, a tenth of a second.
        options.SetDueTimeoutsPollInterval(TimeSpan.FromMilliseconds(1));
        options.SetBackoffTimes(TimeSpan.FromMilliseconds(20));
        options.Decorate(context =>
        {
            var all = context.Get<Options>();
            all.TransportReceiveErrorCooldownTime = TimeSpan.FromMilliseconds(200);
            return all;
        });
    }
}
