using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>Puts the <see cref="ConnectionHandler"/> around the primary handler, once the application has configured that.</summary>
/// <remarks>It asks for its services only when our client is created: the factory creates filters with the first client of all.</remarks>
/// <param name="clientName">The name of our client.</param>
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
            return new ConnectionHandler(primary, profiles: null, guard);
        }

        // The first profile takes the handler that there is; for each further one the same configuration runs again.
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
