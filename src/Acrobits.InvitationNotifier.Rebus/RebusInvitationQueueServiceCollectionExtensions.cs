using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Rebus.Handling;
using Acrobits.InvitationNotifier.Rebus.Messages;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Acrobits.InvitationNotifier.Rebus.Wiring;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
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
    /// <see cref="Invitation"/>. If the application has registered an <see cref="IInvitationQueue"/> of its own, it stays.
    /// </para>
    /// <para>
    /// The host does not start if the bus cannot deliver invitations: without a bus, without <c>UseInvitationMessages</c>, without
    /// a route, with a route to another queue, or without the notifier.
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
    /// bus. If <see langword="null"/>, <c>Queue:Redelivery</c> of the notifier's configuration is used. If a schedule is already
    /// registered, it stays.
    /// </param>
    /// <param name="deliver">
    /// Whether this application delivers the invitations of its queue. False if it only enqueues them for another application.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Another queue is registered, for instance the one in memory.</exception>
    public static IServiceCollection AddRebusInvitationQueue(
        this IServiceCollection services, RedeliverySchedule? redelivery = null, bool deliver = true)
    {
        ArgumentNullException.ThrowIfNull(services);

        ExclusiveRegistration.Add(services, "queue", nameof(AddRebusInvitationQueue));
        services.TryAddSingleton(new DeliveryMode(deliver));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartupCheck>());
        services.TryAddTransient<IInvitationQueue>(static provider => new RebusInvitationQueue(provider.GetRequiredService<IBus>()));
        return deliver ? services.AddRebusInvitationHandler(redelivery) : services;
    }

    /// <summary>
    /// Adds the handler that delivers the invitations which a bus of the application receives, without a queue. For packages and
    /// applications that have a queue of their own on Rebus.
    /// </summary>
    /// <param name="services">The services. Call <c>AddInvitationNotifier</c> on them too.</param>
    /// <param name="redelivery">
    /// The schedule of redeliveries after transient failures. If <see langword="null"/>, <c>Queue:Redelivery</c> of the notifier's
    /// configuration is used. If a schedule is already registered, it stays.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddRebusInvitationHandler(this IServiceCollection services, RedeliverySchedule? redelivery = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        return services.AddHandler(() => redelivery, DeferralRounding.Second);
    }

    /// <param name="services">The services.</param>
    /// <param name="redelivery">Returns the schedule when the handler is created; null for the one of the configuration.</param>
    /// <param name="rounding">What is added to each deferral.</param>
    internal static IServiceCollection AddHandler(
        this IServiceCollection services, Func<RedeliverySchedule?> redelivery, DeferralRounding rounding)
    {
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DurableMetrics>();
        services.TryAddSingleton(rounding);
        services.TryAddSingleton(provider => redelivery() ?? provider.GetRequiredService<IOptionsMonitor<InvitationNotifierOptions>>().CurrentValue.Queue.Redelivery);
        services.TryAddSingleton<Observers>();
        services.TryAddEnumerable(ServiceDescriptor.Transient<IHandleMessages<Invitation>, InvitationHandler>());
        return services;
    }
}
