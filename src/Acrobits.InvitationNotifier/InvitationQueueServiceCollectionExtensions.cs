using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Queueing;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the queue in memory.</summary>
public static class InvitationQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IInvitationQueue"/> in memory. The host delivers its invitations in the background.
    /// </summary>
    /// <remarks>
    /// A crash loses all invitations in the queue. When the host stops, the queue makes outstanding first deliveries within the
    /// host's shutdown timeout, and drops invitations that wait for a redelivery. If the application has registered an
    /// <see cref="IInvitationQueue"/> of its own, it stays.
    /// </remarks>
    /// <param name="services">The services. Call <c>AddInvitationNotifier</c> on them too.</param>
    /// <param name="configure">
    /// Configures the options, after the <c>Queue</c> section of the notifier's configuration; null keeps what is configured there.
    /// </param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Another queue is registered, for instance a durable one.</exception>
    public static IServiceCollection AddInvitationQueue(
        this IServiceCollection services, Action<InvitationQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        ExclusiveRegistration.Add(services, "queue", nameof(AddInvitationQueue));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<InvitationQueueOptions>, ConfiguredQueue>());
        services.AddOptions<InvitationQueueOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<InvitationQueueOptions>, QueueOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<QueueMetrics>();
        services.TryAddSingleton<Observers>();
        services.TryAddSingleton(static provider => new InvitationQueue(
            provider.GetRequiredService<IOptions<InvitationQueueOptions>>(),
            provider.GetService<IInvitationNotifier>() ?? throw new InvalidOperationException(
                "AddInvitationQueue needs the notifier, which delivers its invitations. Call services.AddInvitationNotifier(...) too."),
            provider.GetRequiredService<QueueMetrics>(),
            provider.GetRequiredService<Observers>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IInvitationQueue>>()));
        services.TryAddSingleton<IInvitationQueue>(static provider => provider.GetRequiredService<InvitationQueue>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, InvitationQueue>(
            static provider => provider.GetRequiredService<InvitationQueue>()));
        return services;
    }
}
