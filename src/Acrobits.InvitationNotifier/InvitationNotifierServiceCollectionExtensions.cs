using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the invitation notifier.</summary>
public static class InvitationNotifierServiceCollectionExtensions
{
    private const string ClientName = "Acrobits.InvitationNotifier";

    /// <summary>
    /// Adds <see cref="IInvitationNotifier"/>, configured by a section whose keys are the properties of
    /// <see cref="InvitationNotifierOptions"/>. A valid change of the section takes effect on the next invitation.
    /// </summary>
    /// <remarks>
    /// A change that is invalid, or that leaves out the section, the default URL or all networks, is logged and the last good
    /// configuration stays in force. A network that is invalid keeps its own last good settings. An empty
    /// <c>InvitationCreatedUrl</c> says that there is no web service, an empty <c>Networks</c> that there are no networks.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="section">The section; a key that is not known is an error.</param>
    /// <returns>The builder of the typed client, to add handlers or to replace the primary one.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddInvitationNotifier(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);

        services.AddSingleton<IConfigureOptions<InvitationNotifierOptions>>(new SectionReader(section));
        return services.AddNotifier();
    }

    /// <summary>Adds <see cref="IInvitationNotifier"/>, configured by code.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Fills the options in.</param>
    /// <returns>The builder of the typed client, to add handlers or to replace the primary one.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddInvitationNotifier(
        this IServiceCollection services, Action<InvitationNotifierOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        services.Configure(configure);
        return services.AddNotifier();
    }

    private static IHttpClientBuilder AddNotifier(this IServiceCollection services)
    {
        // A second registration adds its options, and leaves what was made of the client in between as it is.
        if (services.Any(service => service.ServiceType == typeof(SettingsProvider)))
        {
            return services.AddHttpClient(ClientName);
        }

        services.AddOptions<InvitationNotifierOptions>().ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<InvitationNotifierOptions>, OptionsValidator>());
        services.TryAddSingleton<SettingsProvider>();
        services.AddSingleton<IOptionsMonitor<InvitationNotifierOptions>>(provider => provider.GetRequiredService<SettingsProvider>());
        services.TryAddSingleton<EndpointWarnings>();
        services.TryAddSingleton<IInvitationEndpointProvider, ConfiguredEndpoints>();
        services.TryAddSingleton<WebServiceStates>();
        services.TryAddSingleton<DeliveryStrategies>();
        services.TryAddSingleton<NotifierMetrics>();
        services.TryAddSingleton(static provider => new EgressGuard(
            () => provider.GetRequiredService<SettingsProvider>().Current.Connections, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(TimeProvider.System);

        // The first filter runs last, so that those of the application and of the framework still see the primary handler itself.
        services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter>(new ConnectionHandlerFilter(ClientName)));

        return services
            .AddHttpClient<IInvitationNotifier, Notifier>(ClientName, Configure)
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) => handlers.Clear())
            .ConfigurePrimaryHttpMessageHandler(static provider => GuardedHandler.Create(provider.GetRequiredService<EgressGuard>()))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
    }

    // What an application sets for all of its clients comes first and is undone here: another retry would multiply ours,
    // service discovery would take providers for services of the application, and headers would tell them too much.
    // What it adds to the builder that it gets from us stays. The pipeline keeps the time.
    private static void Configure(HttpClient client)
    {
        client.Timeout = Timeout.InfiniteTimeSpan;
        client.DefaultRequestHeaders.Clear();
    }
}
