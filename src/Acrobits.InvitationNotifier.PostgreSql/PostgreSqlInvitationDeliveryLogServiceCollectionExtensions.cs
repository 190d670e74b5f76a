using Acrobits.InvitationNotifier;
using Acrobits.InvitationNotifier.PostgreSql.DeliveryLog;
using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the delivery log in PostgreSQL.</summary>
public static class PostgreSqlInvitationDeliveryLogServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IDeliveryLog"/> that keeps the deliveries of this process, and of all others that are registered in the
    /// same way, in a table of a PostgreSQL database.
    /// </summary>
    /// <remarks>
    /// <para>
    /// It holds no phone number and no user name. Entries are written in batches, at most once a second. A crash of the process
    /// loses those that are not yet written. A database that is down neither fails nor delays a delivery: up to 10,000 entries
    /// wait in memory, then the oldest are dropped and logged.
    /// </para>
    /// <para>
    /// If the application has registered an <see cref="IDeliveryLog"/> of its own, it stays, and answers queries. Entries are still
    /// written to the table.
    /// </para>
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The connection string of the database, as Npgsql defines it. It can lead to a pooler.</param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is not a connection string with a host.</exception>
    /// <exception cref="OptionsValidationException">The options are not valid; the exception lists every problem.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another delivery log of the library is already registered, or this one with another database.
    /// </exception>
    public static IServiceCollection AddPostgreSqlInvitationDeliveryLog(
        this IServiceCollection services, string connectionString, Action<PostgreSqlInvitationDeliveryLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        QueueDatabase.Check(connectionString);

        // One statement a second gains nothing from being prepared, and a pooler may not carry it.
        return services.Add(connectionString, () => new QueueDatabase(connectionString, usesPooler: true), configure);
    }

    /// <summary>
    /// Adds an <see cref="IDeliveryLog"/> on a data source of the application, which also disposes it.
    /// </summary>
    /// <inheritdoc cref="AddPostgreSqlInvitationDeliveryLog(IServiceCollection, string, Action{PostgreSqlInvitationDeliveryLogOptions}?)"/>
    /// <param name="services">The services.</param>
    /// <param name="dataSource">The data source.</param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    public static IServiceCollection AddPostgreSqlInvitationDeliveryLog(
        this IServiceCollection services, NpgsqlDataSource dataSource, Action<PostgreSqlInvitationDeliveryLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(dataSource);

        return services.Add(dataSource, () => new QueueDatabase(dataSource), configure);
    }

    private static IServiceCollection Add(
        this IServiceCollection services,
        object source,
        Func<QueueDatabase> database,
        Action<PostgreSqlInvitationDeliveryLogOptions>? configure)
    {
        ExclusiveRegistration.Add(services, "delivery log", nameof(AddPostgreSqlInvitationDeliveryLog));
        var earlier = services.Select(service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<Registration>().FirstOrDefault();
        var options = earlier?.Options ?? new PostgreSqlInvitationDeliveryLogOptions();
        configure?.Invoke(options);
        OptionsCheck.Validate(options);
        if (earlier is not null)
        {
            // The same delivery log again is harmless; the options of both calls are in force.
            return earlier.Source.Equals(source)
                ? services
                : throw new InvalidOperationException(
                    "AddPostgreSqlInvitationDeliveryLog was called twice, with different databases. Remove one of the calls.");
        }

        services.AddSingleton(new Registration(source, options));
        services.AddSingleton(provider => new PostgreSqlDeliveryLog(
            database(), new DeliveryLogTable(options), provider.GetRequiredService<ILogger<IDeliveryLog>>()));
        services.TryAddSingleton<IDeliveryLog>(static provider => provider.GetRequiredService<PostgreSqlDeliveryLog>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<INotificationObserver, PostgreSqlDeliveryLog>(
            static provider => provider.GetRequiredService<PostgreSqlDeliveryLog>()));
        services.AddSingleton<IHostedService>(provider => new DeliveryLogWriter(
            provider.GetRequiredService<PostgreSqlDeliveryLog>(),
            options,
            provider.GetRequiredService<ILogger<IDeliveryLog>>()));
        return services;
    }

    private sealed record Registration(object Source, PostgreSqlInvitationDeliveryLogOptions Options);
}
