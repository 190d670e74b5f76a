using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rebus.Config;
using Rebus.Messages;
using Rebus.Persistence.InMem;
using Rebus.Time;
using Rebus.Transport.InMem;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Support;

/// <summary>A network in memory, with hosts on it. What is deferred waits by the test's own clock.</summary>
internal sealed class InMemoryBus
{
    private InMemoryTimeoutManager? _timeouts;

    public InMemNetwork Network { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What waits to be delivered again.</summary>
    public IReadOnlyList<InMemoryTimeoutManager.DeferredMessage> Deferred => [.. _timeouts!];

    public IReadOnlyList<InMemTransportMessage> Waiting => Network.GetMessages(BusHost.Queue);

    public IReadOnlyList<InMemTransportMessage> Failed => Network.GetMessages(BusHost.Errors);

    /// <summary>Starts a host that delivers.</summary>
    public Task<BusHost> StartAsync(
        IInvitationNotifier notifier,
        RedeliverySchedule? schedule = null,
        Func<RebusConfigurer, RebusConfigurer>? configure = null) =>
        StartAsync(services => services.AddSingleton(notifier), schedule, configure);

    /// <summary>Starts a host that sends, and receives nothing.</summary>
    public Task<BusHost> StartSenderAsync() => StartAsync(
        new FakeNotifier(), configure: bus => bus.Options(options => options.SetNumberOfWorkers(0)));

    public Task<BusHost> StartAsync(
        Action<IServiceCollection> register,
        RedeliverySchedule? schedule = null,
        Func<RebusConfigurer, RebusConfigurer>? configure = null) => BusHost.StartAsync(
            transport => transport.UseInMemoryTransport(Network, BusHost.Queue),
            services =>
            {
                // The handler's clock. The notifier's own is its test's affair.
                services.AddSingleton<TimeProvider>(Time);
                register(services);
            },
            schedule,
            bus => (configure ?? (same => same))(bus
                .Options(options => options.Register<IRebusTime>(_ => new RebusTime(Time)))
                .Timeouts(timeouts => timeouts.Register(context => _timeouts = new InMemoryTimeoutManager(context.Get<IRebusTime>())))));

    /// <summary>Puts a message into the queue that nobody's serializer has written.</summary>
    public void Deliver(string type, byte[] body)
    {
        var headers = new Dictionary<string, string>
        {
            [Headers.MessageId] = Guid.NewGuid().ToString(),
            [Headers.ContentType] = "application/json;charset=utf-8",
            [Headers.Type] = type,
        };
        Network.Deliver(BusHost.Queue, new TransportMessage(headers, body).ToInMemTransportMessage());
    }

    public Task UntilDeferredAsync() => Eventually.BecomesAsync(() => Deferred.Count == 1, "the message is deferred");

    public Task UntilFailedAsync() => Eventually.BecomesAsync(() => Failed.Count == 1, "the message is in the error queue");

    private sealed class RebusTime(TimeProvider time) : IRebusTime
    {
        public DateTimeOffset Now => time.GetUtcNow();
    }
}
