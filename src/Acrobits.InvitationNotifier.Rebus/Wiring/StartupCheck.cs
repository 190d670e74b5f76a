using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rebus.Bus;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.Rebus.Wiring;

/// <summary>
/// Refuses to start an application whose bus cannot deliver invitations. It would accept them, and fail or pile them up later.
/// </summary>
internal sealed class StartupCheck(IServiceProvider services, DeliveryMode mode) : IHostedLifecycleService
{
    private const string Method = nameof(RebusInvitationQueueServiceCollectionExtensions.AddRebusInvitationQueue);

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var registered = services.GetRequiredService<IServiceProviderIsService>();
        return registered.IsService(typeof(IBus))
            ? Task.CompletedTask
            : throw new InvalidOperationException($"{Method} needs a bus. Call services.AddRebus(...) too, with UseInvitationMessages().");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The bus starts as a hosted service, so it cannot be asked before.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var probe = await SendProbeAsync(scope.ServiceProvider.GetRequiredService<IBus>()).ConfigureAwait(false);
            if (!probe.HasArrived)
            {
                throw new InvalidOperationException(
                    "The bus does not know invitations. Call UseInvitationMessages() in the configuration of the bus (AddRebus).");
            }

            if (probe.OwnAddress is null || !mode.Delivers)
            {
                return;
            }

            if (!string.Equals(probe.Destination, probe.OwnAddress, StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException(
                    $"Invitations are sent to the queue {probe.Destination}, but the bus receives from {probe.OwnAddress}, so this application "
                    + $"does not deliver them. Route them to {probe.OwnAddress}: Routing(r => r.TypeBased().Map<Invitation>(\"{probe.OwnAddress}\")). "
                    + $"If another application delivers them, call {Method}(deliver: false).");
            }

            if (!scope.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IInvitationNotifier)))
            {
                throw new InvalidOperationException(
                    $"{Method} needs the notifier, which delivers the invitations. Call services.AddInvitationNotifier(...) too. "
                    + $"If another application delivers them, call {Method}(deliver: false).");
            }
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task<Probe> SendProbeAsync(IBus bus)
    {
        var probe = new Probe();
        ProbeStep.Current = probe;
        try
        {
            // Never completed: a bus without the step must not send the probe either.
            using var transaction = new RebusTransactionScope();
            await bus.Send(new Invitation("probe", "probe", "probe")).ConfigureAwait(false);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidOperationException(
                "The bus has no route for invitations. Add Routing(r => r.TypeBased().Map<Invitation>(\"queue\")) to the configuration of the bus.", exception);
        }
        finally
        {
            ProbeStep.Current = null;
        }

        return probe;
    }
}
