using System.Collections.Concurrent;
using Acrobits.InvitationNotifier.PostgreSql.Hosting;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Postgres;
using Acrobits.InvitationNotifier.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Rebus.Bus;
using Rebus.Config;
using Rebus.Handlers;
using Rebus.Persistence.InMem;
using Rebus.Pipeline;
using Rebus.ServiceProvider;
using Rebus.Transport.InMem;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Setup;

/// <summary>Code of the application that is called during a delivery has the buses of the application.</summary>
[Trait("Category", "postgres")]
public sealed class OtherBusTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OnNotifiedAsync_ObserverSendsAndDefers_ArrivesOnTheApplicationsBusAndTheInvitationOnce(bool isScoped)
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        Orders orders = new();
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), register: services =>
        {
            AddBus(services).AddSingleton<IHandleMessages<Order>>(orders).AddSingleton(orders);
            _ = isScoped ? services.AddNotificationObserver<Observer>() : services.AddSingleton<INotificationObserver, Observer>();
        });

        await host.EnqueueAsync(Samples.Numbered(1));

        await Eventually.BecomesAsync(() => orders.Texts.Count == 2, "both messages arrive");
        await queue.UntilEmptyAsync();
        Assert.Equal(["deferred", "sent"], orders.Texts.Order());
        Assert.Single(provider.Requests);
        Assert.Empty(orders.Contexts.OfType<IMessageContext>());
        Assert.Equal(0, host.CountLogs(50));
    }

    [Fact]
    public async Task NotifyOnceAsync_NotifierOfTheApplicationSends_ArrivesOnTheApplicationsBus()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var queue = new TestQueue(database);
        Orders orders = new();
        await using var host = await queue.StartAsync("http://127.0.0.1/", register: services => AddBus(services)
            .AddSingleton<IHandleMessages<Order>>(orders)
            .AddTransient<IInvitationNotifier, Notifier>());

        await host.EnqueueAsync(Samples.Many(3));

        await Eventually.BecomesAsync(() => orders.Texts.Count == 3, "its messages arrive");
        await queue.UntilEmptyAsync();
        Assert.Equal((0, 0), (host.CountLogs(42), host.CountLogs(67)));
    }

    [Fact]
    public async Task Send_AnotherMessageOnTheQueuesOwnBus_IsRefusedAndTheInvitationIsDeliveredOnce()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.NoContent);
        var queue = new TestQueue(database);
        Misuse misuse = new();
        await using var host = await queue.StartAsync(provider.Url(Arrivals.Template), register: services => AddBus(services)
            .AddSingleton<IHandleMessages<Invitation>>(provider => misuse.With(() => provider.GetRequiredService<IBusRegistry>().GetBus(QueueHost.BusKey))));

        await host.EnqueueAsync(Samples.Numbered(1));

        await Eventually.BecomesAsync(() => misuse.Errors.Count == 2, "both are refused");
        await queue.UntilEmptyAsync();
        Assert.All(misuse.Errors, error => Assert.StartsWith(
            "This bus belongs to the invitation queue and sends nothing but its invitations.", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal));
        Assert.Single(provider.Requests);
    }

    private static IServiceCollection AddBus(IServiceCollection services) => services.AddRebus(bus => bus
        .Transport(transport => transport.UseInMemoryTransport(new InMemNetwork(), "orders"))
        .Timeouts(timeouts => timeouts.StoreInMemory()));

    private sealed record Order(string Text);

    private sealed class Orders : IHandleMessages<Order>
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        public ConcurrentQueue<IMessageContext?> Contexts { get; } = new();

        public Task Handle(Order message)
        {
            Texts.Enqueue(message.Text);
            return Task.CompletedTask;
        }
    }

    private sealed class Observer(IBus bus, Orders orders) : INotificationObserver
    {
        public async ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
        {
            orders.Contexts.Enqueue(MessageContext.Current);
            await bus.SendLocal(new Order("sent"));
            await bus.DeferLocal(TimeSpan.FromMilliseconds(100), new Order("deferred"));
        }
    }

    private sealed class Notifier(IBus bus) : IInvitationNotifier
    {
        public async Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
        {
            await bus.SendLocal(new Order("sent"));
            return new NotificationResult { Outcome = NotificationOutcome.Delivered };
        }

        public Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
            NotifyAsync(invitation, cancellationToken);
    }

    private sealed class Misuse : IHandleMessages<Invitation>
    {
        private Func<IBus>? _bus;

        public ConcurrentQueue<Exception?> Errors { get; } = new();

        public Misuse With(Func<IBus> bus)
        {
            _bus = bus;
            return this;
        }

        public async Task Handle(Invitation message)
        {
            Errors.Enqueue(await Record.ExceptionAsync(() => _bus!().DeferLocal(TimeSpan.FromMinutes(5), new Order("deferred"))));
            Errors.Enqueue(await Record.ExceptionAsync(() => _bus!().SendLocal(new Order("sent"))));
        }
    }
}
