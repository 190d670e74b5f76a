using System.Diagnostics.CodeAnalysis;
using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Delivery;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register observers.</summary>
public static class NotificationObserverServiceCollectionExtensions
{
    /// <summary>Adds an observer, which gets a report of each delivery.</summary>
    /// <remarks>
    /// The observer is a scoped service, unless the application registers it with another lifetime. Each report has a scope of
    /// its own, so the observer can use a scoped <c>DbContext</c>. Adding the same observer twice is harmless.
    /// </remarks>
    /// <typeparam name="TObserver">The observer.</typeparam>
    /// <param name="services">The services.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddNotificationObserver<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TObserver>(this IServiceCollection services)
        where TObserver : class, INotificationObserver
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddScoped<TObserver>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotificationObserver, ScopedObserver<TObserver>>());
        return services;
    }
}
