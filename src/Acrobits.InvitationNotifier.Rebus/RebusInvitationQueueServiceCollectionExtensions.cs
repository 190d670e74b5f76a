using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Rebus.Handling;
using Acrobits.InvitationNotifier.Rebus.Messages;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rebus.Bus;
using Rebus.Handlers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register a durable queue.</summary>
public static class RebusInvitationQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds a durable <see cref="IInvitationQueue"/> on the application's bus, and the handler that delivers its invitations.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Register the bus yourself (<c>AddRebus</c>), with <c>UseInvitationMessages</c>, a transport and a route for
    /// <see cref="Invitation"/>. If an <see cref="IInvitationQueue"/> is already registered, it stays.
    /// </para>
    /// <para>
    /// The bus must be able to defer messages for as long as the schedule requires; without that, the first transient failure
    /// moves the message to the error queue. The PostgreSQL transport can defer messages. Other transports may need a timeout
    /// store (<c>Timeouts</c>). Amazon SQS needs one too: its native deferral is limited to 15 minutes and must be disabled.
    /// </para>
    /// </remarks>
    /// <param name="services">The services. Call <c>AddInvitationNotifier</c> on them too.</param>
    /// <param name="redelivery">
    /// The schedule of redeliveries after transient failures. When it is exhausted, the message moves to the error queue of the
    /// bus. If <see langword="null"/>, <see cref="RedeliverySchedule.Default"/> is used. If a schedule is already registered, it
    /// stays.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddRebusInvitationQueue(
        this IServiceCollection services, RedeliverySchedule? redelivery = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DurableMetrics>();
        services.TryAddSingleton<Observers>();
        services.TryAddSingleton(redelivery ?? RedeliverySchedule.Default);
        services.TryAddTransient<IInvitationQueue>(static provider => new RebusInvitationQueue(provider.GetRequiredService<IBus>()));
        services.TryAddEnumerable(ServiceDescriptor.Transient<IHandleMessages<Invitation>, InvitationHandler>());
        return services;
    }
}
