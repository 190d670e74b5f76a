using Acrobits.InvitationNotifier.Sample.Cli;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Sample.Wire;

/// <summary>The real notifier on connections that lead nowhere: it shows what would be sent, and sends nothing.</summary>
internal sealed class OfflineNotifier : IAsyncDisposable
{
    private readonly ServiceProvider _container;
    private RecordedConnection _connection = new();

    /// <param name="addNotifier">Registers the notifier with its configuration.</param>
    public OfflineNotifier(Func<IServiceCollection, IHttpClientBuilder> addNotifier)
    {
        ServiceCollection services = new();
        addNotifier(services).ConfigurePrimaryHttpMessageHandler(() => new OfflineHandler(() => _connection));
        _container = EndpointArguments.Build(services);
    }

    /// <summary>What became of it, and every byte that was written to the connection. One at a time.</summary>
    public async Task<(NotificationResult Result, byte[] Request)> CaptureAsync(
        Invitation invitation, CancellationToken cancellationToken)
    {
        _connection = new RecordedConnection();
        var notifier = _container.GetRequiredService<IInvitationNotifier>();
        var result = await notifier.NotifyAsync(invitation, cancellationToken);
        return (result, _connection.Sent);
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
