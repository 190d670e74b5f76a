using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier;

/// <summary>Names the method that registered the queue. For packages that add a queue.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class InvitationQueueRegistration
{
    private InvitationQueueRegistration(string method) => Method = method;

    /// <summary>The name of the method, such as <c>AddInvitationQueue</c>.</summary>
    public string Method { get; }

    /// <summary>Records that a method registers the queue, and refuses a second queue.</summary>
    /// <param name="services">The services.</param>
    /// <param name="method">The name of the method. The same method can register its queue again.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">Another method has registered a queue.</exception>
    public static void Add(IServiceCollection services, string method)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(method);

        var known = services.Select(service => service.IsKeyedService ? null : service.ImplementationInstance)
            .OfType<InvitationQueueRegistration>().FirstOrDefault();
        if (known is null)
        {
            services.AddSingleton(new InvitationQueueRegistration(method));
        }
        else if (known.Method != method)
        {
            throw new InvalidOperationException(
                $"{method} adds a second queue, but {known.Method} has added one already, and an application has one queue. Remove one of the two calls.");
        }
    }
}
