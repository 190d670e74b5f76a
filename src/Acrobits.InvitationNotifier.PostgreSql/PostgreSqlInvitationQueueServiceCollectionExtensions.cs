using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.PostgreSql;
using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Transport;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Acrobits.InvitationNotifier.Rebus.Wiring;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Rebus.Config;
using Rebus.ServiceProvider;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the durable queue in PostgreSQL.</summary>
public static class PostgreSqlInvitationQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds a durable <see cref="IInvitationQueue"/> in a table of a PostgreSQL database, and delivers its invitations in this
    /// process and all others that are registered in the same way.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The table is created, or upgraded if Rebus has created it, when the host starts. The start throws an
    /// <see cref="InvalidOperationException"/> if the notifier is missing, if the database refuses the connection, or if the role
    /// may not create or upgrade the table.
    /// </para>
    /// <para>
    /// The queue has a Rebus bus of its own, which does not meet those of the application. It also adds an
    /// <see cref="IInvitationQueueManager"/>. A second call with the same database changes the options of the first.
    /// </para>
    /// </remarks>
    /// <param name="services">
    /// The services. Call <c>AddInvitationNotifier</c> on them too, unless the process only enqueues.
    /// </param>
    /// <param name="connectionString">
    /// The connection string of the database, as Npgsql defines it, with a host. Unless it sets them, the queue adds prepared
    /// statements, TCP keep-alives, a command timeout of 15 seconds and an application name.
    /// </param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is not a connection string with a host.</exception>
    /// <exception cref="OptionsValidationException">The options are not valid; the exception lists every problem.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another queue is already registered, or this one with another database or another value of
    /// <see cref="PostgreSqlInvitationQueueOptions.Deliver"/>.
    /// </exception>
    public static IServiceCollection AddPostgreSqlInvitationQueue(
        this IServiceCollection services, string connectionString, Action<PostgreSqlInvitationQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        QueueDatabase.Check(connectionString);

        return services.Add(connectionString, options => new QueueDatabase(connectionString, options.UsesConnectionPooler), configure);
    }

    /// <summary>
    /// Adds a durable <see cref="IInvitationQueue"/> on a data source of the application, which also disposes it.
    /// </summary>
    /// <inheritdoc cref="AddPostgreSqlInvitationQueue(IServiceCollection, string, Action{PostgreSqlInvitationQueueOptions}?)"/>
    /// <param name="services">
    /// The services. Call <c>AddInvitationNotifier</c> on them too, unless the process only enqueues.
    /// </param>
    /// <param name="dataSource">
    /// The data source. The queue sets nothing in it: set at least its command timeout and keep-alive.
    /// </param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    public static IServiceCollection AddPostgreSqlInvitationQueue(
        this IServiceCollection services, NpgsqlDataSource dataSource, Action<PostgreSqlInvitationQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(dataSource);

        return services.Add(dataSource, _ => new QueueDatabase(dataSource), configure);
    }

    private static IServiceCollection Add(
        this IServiceCollection services,
        object source,
        Func<PostgreSqlInvitationQueueOptions, QueueDatabase> database,
        Action<PostgreSqlInvitationQueueOptions>? configure)
    {
        ExclusiveRegistration.Add(services, "queue", nameof(AddPostgreSqlInvitationQueue));
        if (services.Select(service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<Registration>().FirstOrDefault() is { } earlier)
        {
            return services.Repeat(earlier, source, configure);
        }

        PostgreSqlInvitationQueueOptions options = new();
        configure?.Invoke(options);
        OptionsCheck.Validate(options);
        services.AddSingleton(new Registration(source, options, options.Deliver));

        services.AddOptions();
        services.AddSingleton(provider => new QueueParts(
            database(options), options, provider.GetService<DurableMetrics>(), provider.GetRequiredService<ILogger<IInvitationQueue>>()));
        services.AddSingleton(provider => new QueueHost(
            provider.GetRequiredService<QueueParts>(),
            provider.GetRequiredService<IBusRegistry>(),
            options,
            provider.GetRequiredService<IOptionsMonitor<InvitationNotifierOptions>>(),
            provider.GetRequiredService<IServiceProviderIsService>(),
            provider.GetRequiredService<ILogger<IInvitationQueue>>()));
        services.TryAddSingleton<IInvitationQueue>(static provider => new PostgreSqlInvitationQueue(
            provider.GetRequiredService<QueueHost>(), provider.GetRequiredService<QueueParts>().Database));
        services.AddSingleton<IInvitationQueueManager>(static provider => new InvitationQueueManager(provider.GetRequiredService<QueueParts>()));
        if (options.Deliver)
        {
            services.AddHandler(() => options.Redelivery, DeferralRounding.None);
        }

        services.AddRebus(
            (bus, provider) => BusConfiguration.Configure(bus, provider.GetRequiredService<QueueParts>(), options, provider),
            isDefaultBus: false,
            key: QueueHost.BusKey,
            startAutomatically: false);
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<QueueHost>());
        return services;
    }

    // The same queue again is harmless; the options of both calls are in force.
    private static IServiceCollection Repeat(
        this IServiceCollection services, Registration earlier, object source, Action<PostgreSqlInvitationQueueOptions>? configure)
    {
        configure?.Invoke(earlier.Options);
        OptionsCheck.Validate(earlier.Options);
        return earlier.Source.Equals(source) && earlier.Options.Deliver == earlier.Deliver
            ? services
            : throw new InvalidOperationException(
                "AddPostgreSqlInvitationQueue was called twice, with different databases or values of Deliver. Remove one of the calls.");
    }

    private sealed record Registration(object Source, PostgreSqlInvitationQueueOptions Options, bool Deliver);
}
