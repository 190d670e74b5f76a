using Microsoft.Extensions.DependencyInjection;
using Rebus.Backoff;
using Rebus.Config;
using Rebus.Retry.Simple;
using Rebus.Routing.TypeBased;

namespace Acrobits.InvitationNotifier.Worker.Hosting;

/// <summary>The bus, as those see it who deliver, and those who only send.</summary>
internal static class BusRegistration
{
    // The handler stops a delivery two seconds after it was asked to.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(15);

    // How long to wait where nothing was received, by the seconds that it has been so: nothing is due, or as many deliveries
    // are under way as there may be. Rebus' own 100 ms would allow each of them ten a second, however fast it is.
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(250),
    ];

    /// <summary>A bus that receives invitations, and delivers them.</summary>
    public static void AddWorkerBus(this IServiceCollection services, WorkerOptions worker) => services
        .AddRebusInvitationQueue(worker.Schedule)
        .AddRebus(rebus => rebus
            .Transport(transport => transport.UsePostgreSql(worker.ConnectionString, worker.Table, worker.Queue))
            .UseInvitationMessages()
            .Routing(routing => routing.TypeBased().Map<Invitation>(worker.Queue))
            .Options(options =>
            {
                options.SetMaxParallelism(worker.MaxParallelism);
                options.SetBackoffTimes(Waits);
                options.SetWorkerShutdownTimeout(ShutdownTimeout);
                options.Decorate(context =>
                {
                    var bus = context.Get<Options>();
                    bus.TransportReceiveErrorCooldownTime = worker.ReceiveErrorCooldown;
                    return bus;
                });

                // On the next delivery: a dead letter then moves in the transaction that received it. In one of its own it
                // would take a second connection, and a crash between the two would leave it both dead and in the queue.
                options.RetryStrategy(worker.ErrorQueue, errorHandlerMode: ErrorHandlerMode.NextDelivery);
            }));

    /// <summary>A bus that only sends; its process needs to reach no provider.</summary>
    public static void AddClientBus(this IServiceCollection services, WorkerOptions worker) => services
        .AddRebusInvitationQueue()
        .AddRebus(rebus => rebus
            .Logging(logging => logging.None())
            .Transport(transport => transport.UsePostgreSqlAsOneWayClient(worker.ConnectionString, worker.Table))
            .UseInvitationMessages()
            .Routing(routing => routing.TypeBased().Map<Invitation>(worker.Queue)));
}
