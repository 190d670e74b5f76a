using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.DeliveryLog;

/// <summary>Hosts with a delivery log in a database, and what they report.</summary>
internal static class LogHost
{
    public const string Table = "invitation_deliveries";

    public static DateTimeOffset Now { get; } = new(DateTime.UtcNow.Date.AddHours(12));

    public static Task<TestHost> StartLogAsync(
        this PostgresDatabase database,
        Action<PostgreSqlInvitationDeliveryLogOptions>? configure = null,
        Action<IServiceCollection>? register = null) => TestHost.StartAsync(services =>
        {
            register?.Invoke(services);
            services.AddPostgreSqlInvitationDeliveryLog(database.ConnectionString, configure);
        });

    public static async Task<IReadOnlyList<DeliveryLogEntry>> QueryAsync(this TestHost host, DeliveryLogQuery? query = null) =>
        await host.Services.GetRequiredService<IDeliveryLog>().QueryAsync(query, TestContext.Current.CancellationToken);

    public static async Task ReportAsync(this TestHost host, params IEnumerable<NotificationReport> reports)
    {
        foreach (var report in reports)
        {
            foreach (var observer in host.Services.GetServices<INotificationObserver>())
            {
                await observer.OnNotifiedAsync(report, TestContext.Current.CancellationToken);
            }
        }
    }

    public static NotificationReport Report(
        string networkId,
        int minute = 0,
        NotificationOutcome? outcome = NotificationOutcome.Delivered,
        NotificationProgress progress = NotificationProgress.Completed) => new()
        {
            Invitation = Samples.Invitation with { NetworkId = networkId, Id = $"order-{minute}" },
            Result = outcome is { } ended ? new NotificationResult { Outcome = ended, Reason = "It ended.", Attempts = 1 } : null,
            Progress = progress,
            Time = Now.AddMinutes(minute),
        };

    public static Task<IReadOnlyList<long>> CountAsync(this PostgresDatabase database) =>
        database.ReadAsync<long>($"SELECT count(*) FROM {Table}");

    public static Task UntilAsync(this PostgresDatabase database, long count) => TestQueue.UntilAsync(
        async () => (await database.ReadAsync<bool>($"SELECT to_regclass('{Table}') IS NOT NULL"))[0] && (await database.CountAsync())[0] == count,
        $"{count} entries are written");
}
