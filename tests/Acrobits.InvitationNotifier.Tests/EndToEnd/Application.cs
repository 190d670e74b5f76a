using System.Diagnostics.Metrics;
using System.Net;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>The services of an application that uses the notifier.</summary>
internal static class Application
{
    public static Invitation Invitation { get; } = new("15551231234", "johnsnow", "mynetwork");

    /// <summary>An application that may talk to loopback and never tries again, unless it says otherwise.</summary>
    public static ServiceProvider Create(
        Action<InvitationNotifierOptions> configure, Action<IServiceCollection, IHttpClientBuilder>? also = null)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddInvitationQueue();
        var builder = services.AddInvitationNotifier(options =>
        {
            AllowLoopback(options);

            // Most run by the clock of the machine, which may be a slow one.
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromHours(12);
            configure(options);
        });
        also?.Invoke(services, builder);
        return services.BuildServiceProvider(validateScopes: true);
    }

    public static ServiceProvider Create(string url, Action<IServiceCollection, IHttpClientBuilder>? also = null) =>
        Create(options => options.InvitationCreatedUrl = url, also);

    /// <summary>An application whose configuration can be changed while it runs.</summary>
    public static ServiceProvider Create(IConfiguration configuration, Action<IServiceCollection, IHttpClientBuilder>? also = null)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddInvitationQueue();
        var builder = services.AddInvitationNotifier(configuration);
        also?.Invoke(services, builder);
        return services.BuildServiceProvider(validateScopes: true);
    }

    public static void AllowLoopback(InvitationNotifierOptions options)
    {
        options.Egress.AllowedRanges = ["127.0.0.1/32", "::1/128"];
        options.Retry = new RetryOptions { MaxRetryAttempts = 0, Delay = TimeSpan.Zero };
    }

    /// <summary>Answers name look-ups in the place of the system.</summary>
    public static IServiceCollection ResolveNames(this IServiceCollection services, Func<string, Task<IPAddress[]>> resolve) =>
        services.AddSingleton(provider => new EgressGuard(
                () => provider.GetRequiredService<SettingsProvider>().Current.Connections, provider.GetRequiredService<TimeProvider>())
        {
            Resolve = (host, _) => resolve(host),
        });

    public static IServiceCollection ResolveNames(this IServiceCollection services, params string[] addresses) =>
        services.ResolveNames(_ => Task.FromResult(Array.ConvertAll(addresses, IPAddress.Parse)));

    public static IInvitationNotifier Notifier(this IServiceProvider services) => services.GetRequiredService<IInvitationNotifier>();

    public static Task<NotificationResult> NotifyAsync(this IServiceProvider services) =>
        services.Notifier().NotifyAsync(Invitation);

    /// <summary>The instruments of the application's own meter; looking at them enables none.</summary>
    public static List<Instrument> Instruments(this IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _ = (services.GetRequiredService<NotifierMetrics>(), services.GetRequiredService<QueueMetrics>());
        var instruments = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == factory && instrument.Meter.Name == "Acrobits.InvitationNotifier")
                {
                    instruments.Add(instrument);
                }
            },
        };
        listener.Start();
        return instruments;
    }

    /// <summary>A port of loopback on which nobody listens.</summary>
    public static async Task<int> FindSilentPortAsync()
    {
        await using var provider = new Provider(Replies.Close);
        return provider.Port;
    }
}
