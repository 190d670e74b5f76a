using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier;

/// <summary>Names the method that registered the delivery log. For packages that add a delivery log.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class InvitationDeliveryLogRegistration
{
    private InvitationDeliveryLogRegistration(string method) => Method = method;

    /// <summary>The name of the method, such as <c>AddInvitationDeliveryLog</c>.</summary>
    public string Method { get; }

    /// <summary>Records that a method registers the delivery log, and refuses a second one.</summary>
    /// <param name="services">The services.</param>
    /// <param name="method">The name of the method. The same method can register its delivery log again.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Another method has registered a delivery log.</exception>
    public static void Add(IServiceCollection services, string method)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(method);

        var known = services.Select(service => service.IsKeyedService ? null : service.ImplementationInstance)
            .OfType<InvitationDeliveryLogRegistration>().FirstOrDefault();
        if (known is null)
        {
            services.AddSingleton(new InvitationDeliveryLogRegistration(method));
        }
        else if (known.Method != method)
        {
            throw new InvalidOperationException(
                $"{method} adds a second delivery log, but {known.Method} has added one already, and an application has one delivery log. Remove one of the two calls.");
        }
    }
}
