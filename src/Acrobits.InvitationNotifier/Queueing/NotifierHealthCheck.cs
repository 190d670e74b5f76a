using Acrobits.InvitationNotifier.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>Reports what an operator should look at. Nothing that a provider does makes it unhealthy.</summary>
internal sealed class NotifierHealthCheck(IServiceProvider services) : IHealthCheck
{
    private const double NearlyFull = 0.9;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        var problems = new List<string>();
        if (services.GetService<IInvitationNotifier>() is null && services.GetService<IInvitationQueue>() is null
            && services.GetService<IInvitationQueueManager>() is null)
        {
            problems.Add("Neither the notifier nor a queue is registered. Call services.AddInvitationNotifier(...).");
        }

        CheckConfiguration(data, problems);
        CheckMemory(data, problems);
        await CheckDeadLettersAsync(data, problems, cancellationToken).ConfigureAwait(false);
        return problems.Count == 0
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded(string.Join(' ', problems), data: data);
    }

    private void CheckConfiguration(Dictionary<string, object> data, List<string> problems)
    {
        if (services.GetService<SettingsProvider>() is not { } settings)
        {
            return;
        }

        data["change_refused"] = settings.IsChangeRefused;
        if (settings.IsChangeRefused)
        {
            problems.Add("The last change of the configuration was refused, for all networks or for some; log event 21 lists the problems.");
        }

        // An application with endpoints of its own needs no configured ones.
        if (services.GetRequiredService<IInvitationEndpointProvider>() is ConfiguredEndpoints && !settings.Current.HasWebServices)
        {
            problems.Add("No web service is configured, so nothing is sent to anyone.");
        }
    }

    private void CheckMemory(Dictionary<string, object> data, List<string> problems)
    {
        if (services.GetService<InvitationQueue>() is not { } queue)
        {
            return;
        }

        data["queue_capacity"] = queue.Capacity;
        data["queue_waiting"] = queue.Waiting;
        data["queue_deferred"] = queue.Deferred;
        if (Math.Max(queue.Waiting, queue.Deferred) >= NearlyFull * queue.Capacity)
        {
            problems.Add("The queue in memory is nearly full; callers will wait and invitations will be dropped.");
        }
    }

    private async Task CheckDeadLettersAsync(Dictionary<string, object> data, List<string> problems, CancellationToken cancellationToken)
    {
        if (services.GetService<IInvitationQueueManager>() is not { } manager)
        {
            return;
        }

        try
        {
            var total = await manager.GetTotalAsync(cancellationToken).ConfigureAwait(false);
            data["queue_waiting"] = total.Ready;
            data["queue_deferred"] = total.Deferred;
            data["queue_oldest_ready_seconds"] = SecondsSince(total.ReadySince);
            data["dead_letters"] = total.Dead;
            if (total.Dead > 0)
            {
                problems.Add("Dead letters wait in the queue; requeue or discard them.");
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The message of a database's exception can hold a host or a user name.
            problems.Add($"The queue could not be asked ({exception.GetType().Name}).");
        }
    }

    // The clocks of this process and of the database need not agree.
    private double SecondsSince(DateTimeOffset? time) =>
        time is { } since ? Math.Max(0, ((services.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow() - since).TotalSeconds) : 0;
}
