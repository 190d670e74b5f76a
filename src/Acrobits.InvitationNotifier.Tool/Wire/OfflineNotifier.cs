using Acrobits.InvitationNotifier.Tool.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tool.Wire;

/// <summary>The notifier on connections to nowhere. It shows the requests and sends nothing.</summary>
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

    public IServiceProvider Services => _container;

    /// <summary>Returns the result, and the bytes that were written to the connection. Not for concurrent use.</summary>
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
