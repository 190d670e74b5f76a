using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Rebus.Handling;
using Acrobits.InvitationNotifier.Rebus.Messages;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rebus.Bus;
using Rebus.Handlers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers durable delivery.</summary>
public static class RebusInvitationQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IInvitationQueue"/> on the application's bus, and the handler that delivers what arrives on it. The
    /// application registers the bus itself (<c>AddRebus</c>), with <c>UseInvitationMessages</c>, its transport, and a route
    /// for <see cref="Invitation"/>. An <see cref="IInvitationQueue"/> that was registered before stays.
    /// </summary>
    /// <remarks>
    /// The bus has to be able to defer messages for as long as the schedule asks; without that, the first delivery that fails
    /// for now ends in the error queue. PostgreSQL's transport can. Where the transport cannot, the bus needs a store for
    /// timeouts (<c>Timeouts</c>); so does Amazon SQS, whose own deferral ends at 15 minutes and has to be turned off.
    /// </remarks>
    /// <param name="services">The services, with a notifier (<c>AddInvitationNotifier</c>).</param>
    /// <param name="redelivery">
    /// When an invitation is delivered again whose delivery has failed for now; used up, the message goes to the bus's error
    /// queue. <see langword="null"/>: <see cref="RedeliverySchedule.Default"/>. A schedule that was registered before stays.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddRebusInvitationQueue(
        this IServiceCollection services, RedeliverySchedule? redelivery = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DurableMetrics>();
        services.TryAddSingleton(redelivery ?? RedeliverySchedule.Default);
        services.TryAddTransient<IInvitationQueue>(static provider => new RebusInvitationQueue(provider.GetRequiredService<IBus>()));
        services.TryAddEnumerable(ServiceDescriptor.Transient<IHandleMessages<Invitation>, InvitationHandler>());
        return services;
    }
}
