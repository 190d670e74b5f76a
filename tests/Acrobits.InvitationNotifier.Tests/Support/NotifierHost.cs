using System.Net;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Egress;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>
/// The library as an application has it, registered and configured, with everything that it logs kept. Loopback may be
/// connected to, and delays have no jitter, unless a test says otherwise.
/// </summary>
internal sealed class NotifierHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private NotifierHost(ServiceProvider services)
    {
        _services = services;
        Notifier = services.GetRequiredService<IInvitationNotifier>();
    }

    /// <summary>The invitation of the documented examples.</summary>
    public static Invitation Invitation { get; } = new("15551231234", "johnsnow", "mynetwork");

    public IInvitationNotifier Notifier { get; }

    public WebServiceStates States => _services.GetRequiredService<WebServiceStates>();

    public IReadOnlyList<FakeLogRecord> Logs => _services.GetFakeLogCollector().GetSnapshot();

    public static NotifierHost Create(
        Action<InvitationNotifierOptions> configure,
        HttpMessageHandler? handler = null,
        TimeProvider? time = null,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null,
        Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        if (resolve is not null)
        {
            services.AddSingleton(provider => new EgressGuard(
                () => provider.GetRequiredService<SettingsProvider>().Current.Connections, provider.GetRequiredService<TimeProvider>())
            {
                Resolve = resolve,
            });
        }

        register?.Invoke(services);
        var client = services.AddInvitationNotifier(options =>
        {
            options.Egress.AllowedRanges = ["127.0.0.0/8", "::1/128"];
            options.Retry.UseJitter = false;
            if (time is null)
            {
                // By the clock of the machine, which may be a slow one.
                options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromHours(12);
            }

            configure(options);
        });
        if (handler is not null)
        {
            client.ConfigurePrimaryHttpMessageHandler(() => handler);
        }

        return new NotifierHost(services.BuildServiceProvider(validateScopes: true));
    }

    /// <summary>A host whose only setting is the URL.</summary>
    public static NotifierHost Create(string url) => Create(options => options.InvitationCreatedUrl = url);

    /// <summary>Delivers an invitation, the documented one where none is given.</summary>
    public Task<NotificationResult> NotifyAsync(Invitation? invitation = null, CancellationToken cancellationToken = default) =>
        Notifier.NotifyAsync(invitation ?? Invitation, cancellationToken).WaitAsync(Eventually.Limit, CancellationToken.None);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
