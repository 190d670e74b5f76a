using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// Makes wrong wiring fail, or warn, when the host starts instead of at the first invitation. Before all other services start,
/// because these can already send invitations.
/// </summary>
internal sealed class StartupCheck(
    IServiceScopeFactory scopes, SettingsProvider settings, EgressGuard guard, ILogger<IInvitationNotifier> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            // Creates the HTTP client and its primary handler.
            _ = scope.ServiceProvider.GetRequiredService<IInvitationNotifier>();
            // Certificates of networks have no effect either, which no application intends.
            if (guard.ReplacedBy is { } handler
                && (!settings.CurrentValue.Egress.ReplacedHandlerIsIntended || settings.Current.Endpoints.Any(entry => entry.Endpoint?.Tls is not null)))
            {
                logger.PrimaryHandlerReplaced(handler);
            }

            (scope.ServiceProvider.GetRequiredService<IInvitationEndpointProvider>() as ConfiguredEndpoints)?.Check();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
