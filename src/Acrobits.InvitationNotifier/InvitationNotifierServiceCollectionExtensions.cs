using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the invitation notifier.</summary>
public static class InvitationNotifierServiceCollectionExtensions
{
    private const string ClientName = "Acrobits.InvitationNotifier";

    /// <summary>Adds <see cref="IInvitationNotifier"/>, configured by a configuration section.</summary>
    /// <remarks>
    /// <para>A valid change of the section applies to the next invitation.</para>
    /// <para>
    /// An invalid change is logged and ignored; the last good configuration stays in force. If only some networks are invalid,
    /// only those keep their last good settings.
    /// </para>
    /// <para>
    /// A change that omits the section, the default URL or all networks is treated as invalid too, because the file may have
    /// been deleted or truncated. To remove them on purpose, write an empty <c>InvitationCreatedUrl</c> or an empty
    /// <c>Networks</c>.
    /// </para>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// The section. Its keys are the properties of <see cref="InvitationNotifierOptions"/>; an unknown key is an error.
    /// </param>
    /// <returns>The builder of the typed HTTP client. Use it to add handlers or to replace the primary handler.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IHttpClientBuilder AddInvitationNotifier(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);

        services.AddSingleton<IConfigureOptions<InvitationNotifierOptions>>(new SectionReader(section));
        return services.AddNotifier();
    }

    /// <summary>Adds <see cref="IInvitationNotifier"/>, configured by a delegate.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options.</param>
    /// <returns>The builder of the typed HTTP client. Use it to add handlers or to replace the primary handler.</returns>
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
        // A second registration only adds its options. The application may have customized the client since the first one.
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
        services.TryAddSingleton<TlsRenewal>();
        services.TryAddSingleton<NotifierMetrics>();
        services.TryAddSingleton<Observers>();
        services.TryAddSingleton(static provider => new EgressGuard(
            () => provider.GetRequiredService<SettingsProvider>().Current.Connections, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(TimeProvider.System);

        // The first filter runs last, so filters of the application and of the framework see the unwrapped primary handler.
        services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter>(new ConnectionHandlerFilter(ClientName)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartupCheck>());

        return services
            .AddHttpClient<IInvitationNotifier, Notifier>(ClientName, Configure)
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) => handlers.Clear())
            .ConfigurePrimaryHttpMessageHandler(static provider => GuardedHandler.Create(provider.GetRequiredService<EgressGuard>()))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
    }

    // Removes the application's defaults for all its clients: another retry handler would multiply the retries, service
    // discovery would resolve provider names, and default headers could leak data to providers. Customizations of the
    // returned builder stay. Deliveries have timeouts of their own.
    private static void Configure(HttpClient client)
    {
        client.Timeout = Timeout.InfiniteTimeSpan;
        client.DefaultRequestHeaders.Clear();
    }
}
