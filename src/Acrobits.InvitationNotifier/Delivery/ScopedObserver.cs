using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Resolves an observer in a scope of its own for each report.</summary>
internal sealed class ScopedObserver<TObserver>(IServiceScopeFactory scopes) : INotificationObserver
    where TObserver : class, INotificationObserver
{
    public async ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            await scope.ServiceProvider.GetRequiredService<TObserver>()
                .OnNotifiedAsync(report, cancellationToken).ConfigureAwait(false);
        }
    }
}
