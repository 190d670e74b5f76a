using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Queueing;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the queue in memory.</summary>
public static class InvitationQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IInvitationQueue"/> in memory, whose invitations the host delivers in the background while it runs.
    /// A process that dies loses what is in it; when the host stops, what was accepted gets its delivery within the host's
    /// shutdown timeout, and what waits for a redelivery is dropped. An <see cref="IInvitationQueue"/> that was registered
    /// before stays.
    /// </summary>
    /// <param name="services">The services, with a notifier (<c>AddInvitationNotifier</c>).</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddInvitationQueue(
        this IServiceCollection services, Action<InvitationQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddOptions<InvitationQueueOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<InvitationQueueOptions>, QueueOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<QueueMetrics>();
        services.TryAddSingleton<InvitationQueue>();
        services.TryAddSingleton<IInvitationQueue>(static provider => provider.GetRequiredService<InvitationQueue>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, InvitationQueue>(
            static provider => provider.GetRequiredService<InvitationQueue>()));
        return services;
    }
}
