using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Wraps the primary handler in a <see cref="ConnectionHandler"/> after the application has configured it.</summary>
/// <remarks>
/// Resolves its services when the notifier's client is created, because the factory creates all filters with its first
/// client.
/// </remarks>
/// <param name="clientName">The name of the notifier's client.</param>
internal sealed class ConnectionHandlerFilter(string clientName) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.Name == clientName)
        {
            builder.PrimaryHandler = Wrap(builder.PrimaryHandler, builder.Services, next);
        }
    };

    private ConnectionHandler Wrap(HttpMessageHandler primary, IServiceProvider services, Action<HttpMessageHandlerBuilder> configure)
    {
        var guard = services.GetRequiredService<EgressGuard>();
        if (!GuardedHandler.IsOurs(primary))
        {
            guard.ReplacedBy = primary.GetType().Name;
            return new ConnectionHandler(primary, profiles: null, guard);
        }

        // The first profile uses the existing handler. Each further profile runs the same configuration again.
        HttpMessageHandler? spare = primary;
        var profiles = new ProfiledHandlers(
            profile =>
            {
                var handler = Interlocked.Exchange(ref spare, null) ?? Create(services, configure);
                GuardedHandler.Bind(handler, profile);
                return handler;
            },
            services.GetRequiredService<TimeProvider>());
        return new ConnectionHandler(primary, profiles, guard);
    }

    private HttpMessageHandler Create(IServiceProvider services, Action<HttpMessageHandlerBuilder> configure)
    {
        var builder = services.GetRequiredService<HttpMessageHandlerBuilder>();
        builder.Name = clientName;
        configure(builder);
        return builder.PrimaryHandler;
    }
}
