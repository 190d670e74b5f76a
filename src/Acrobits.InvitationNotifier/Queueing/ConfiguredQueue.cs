using Acrobits.InvitationNotifier.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Queueing;

/// <summary>Gives the queue the options of the notifier's configuration. Delegates of the application run after it.</summary>
internal sealed class ConfiguredQueue(IServiceProvider services) : IConfigureOptions<InvitationQueueOptions>
{
    public void Configure(InvitationQueueOptions options)
    {
        if (Find() is { } configured)
        {
            options.Capacity = configured.Capacity;
            options.CapacityPerNetwork = configured.CapacityPerNetwork;
            options.MaxConcurrentDeliveriesPerNetwork = configured.MaxConcurrentDeliveriesPerNetwork;
            options.EnqueueTimeout = configured.EnqueueTimeout;
            options.Redelivery = configured.Redelivery;
        }
    }

    private InvitationQueueOptions? Find()
    {
        try
        {
            return services.GetService<SettingsProvider>()?.CurrentValue.Queue;
        }
        catch (OptionsValidationException)
        {
            // The notifier reports its problems itself; the host must not list them twice.
            return null;
        }
    }
}
