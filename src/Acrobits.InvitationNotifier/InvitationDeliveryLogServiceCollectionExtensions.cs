using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Delivery;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the delivery log.</summary>
public static class InvitationDeliveryLogServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="IDeliveryLog"/> that keeps recent deliveries of this process in memory.</summary>
    /// <remarks>
    /// It holds no phone number and no user name. It is bounded in all and for each network, so that one network with many
    /// deliveries does not push out the others. If an <see cref="IDeliveryLog"/> is already registered, it stays.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Another delivery log of the library is already registered.</exception>
    public static IServiceCollection AddInvitationDeliveryLog(
        this IServiceCollection services, Action<InvitationDeliveryLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        ExclusiveRegistration.Add(services, "delivery log", nameof(AddInvitationDeliveryLog));
        services.AddOptions<InvitationDeliveryLogOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<InvitationDeliveryLogOptions>, DeliveryLogOptionsValidator>());
        services.TryAddSingleton<DeliveryLog>();
        services.TryAddSingleton<IDeliveryLog>(static provider => provider.GetRequiredService<DeliveryLog>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotificationObserver, DeliveryLog>(
            static provider => provider.GetRequiredService<DeliveryLog>()));
        return services;
    }
}
