using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rebus.Activation;
using Rebus.Config;
using Rebus.Pipeline;
using Rebus.Pipeline.Receive;
using Rebus.Retry;
using Rebus.Routing.TypeBased;
using Rebus.Time;
using Rebus.Timeouts;
using Rebus.Workers.ThreadPoolBased;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>Configures the bus of the queue.</summary>
internal static class BusConfiguration
{
    public static RebusConfigurer Configure(
        RebusConfigurer bus,
        QueueParts parts,
        PostgreSqlInvitationQueueOptions options,
        IServiceProvider services) => bus
        .Transport(transport =>
        {
            transport.Register(context => new QueueTransport(
                parts.Store, parts.Receiver, parts.Settler, parts.Slots, options.Lease, options.QueueName, context.Get<IRebusTime>()));
            transport.OtherService<ITimeoutManager>().Register(_ => new NoTimeouts());
            transport.OtherService<IPipeline>().Decorate(context => new PipelineStepRemover(context.Get<IPipeline>())
                .RemoveIncomingStep(step => step is HandleDeferredMessagesStep));
            if (!options.Deliver)
            {
                OneWayClientBackdoor.ConfigureOneWayClient(transport);
            }
        })
        .Routing(routing => routing.TypeBased().Map<Invitation>(options.QueueName))
        .UseInvitationMessages()
        .Options(rebus =>
        {
            rebus.SetBusName(QueueHost.BusKey);
            rebus.SetMaxParallelism(options.MaxConcurrentDeliveries);
            rebus.SetWorkerShutdownTimeout(QueueHost.StopTimeout);
            rebus.Register<IBackoffStrategy>(_ => parts.Slots);
            if (options.Deliver)
            {
                rebus.Decorate<IHandlerActivator>(context => new OutsideHandlerActivator(context.Get<IHandlerActivator>()));
                rebus.Register<IRetryStrategy>(context => new SettlementStep(
                    services.GetRequiredService<RedeliverySchedule>(),
                    services.GetRequiredService<DurableMetrics>(),
                    services,
                    services.GetRequiredService<ILogger<IInvitationQueue>>(),
                    context.Get<CancellationToken>()));
            }
        });
}
