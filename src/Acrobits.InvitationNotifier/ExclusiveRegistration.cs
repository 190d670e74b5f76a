using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier;

/// <summary>
/// Names the method that registered a service of which an application has one, such as the queue. For packages that add such a
/// service.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ExclusiveRegistration
{
    private readonly string _service;
    private readonly string _method;

    private ExclusiveRegistration(string service, string method) => (_service, _method) = (service, method);

    /// <summary>Records that a method registers a service, and refuses a second method.</summary>
    /// <param name="services">The services.</param>
    /// <param name="service">The service in words, such as <c>queue</c>.</param>
    /// <param name="method">The name of the method. The same method can register its service again.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Another method has registered the service.</exception>
    public static void Add(IServiceCollection services, string service, string method)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(method);

        var known = services.Select(descriptor => descriptor.IsKeyedService ? null : descriptor.ImplementationInstance)
            .OfType<ExclusiveRegistration>().FirstOrDefault(registration => registration._service == service);
        if (known is null)
        {
            services.AddSingleton(new ExclusiveRegistration(service, method));
        }
        else if (known._method != method)
        {
            throw new InvalidOperationException(
                $"{method} adds a second {service}, but {known._method} has added one already, and an application has one {service}. Remove one of the two calls.");
        }
    }
}
