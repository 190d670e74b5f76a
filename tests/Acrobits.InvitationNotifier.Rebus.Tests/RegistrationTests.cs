using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Rebus.Config;
using Rebus.Transport.InMem;

namespace Acrobits.InvitationNotifier.Rebus.Tests;

public sealed class RegistrationTests
{
    private readonly InMemoryBus _bus = new();

    [Fact]
    public async Task AddRebusInvitationQueue_Twice_InvitationsAreDeliveredOnce()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using (var host = await _bus.StartAsync(services => services
            .AddSingleton<IInvitationNotifier>(notifier)
            .AddRebusInvitationQueue()
            .AddRebusInvitationQueue()))
        {
            await host.EnqueueAsync(Samples.Invitation);
            await notifier.UntilCalledAsync(1);
        }

        Assert.Single(notifier.Invitations);
        Assert.Equal(0, _bus.Network.Count());
    }

    [Fact]
    public async Task UseInvitationMessages_Twice_InvitationsAreDelivered()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using var host = await _bus.StartAsync(notifier, configure: bus => bus.UseInvitationMessages());

        await host.EnqueueAsync(Samples.Invitation);

        await notifier.UntilCalledAsync(1);
    }

    [Fact]
    public void AddRebusInvitationQueue_QueueIsThere_Stays()
    {
        var queue = new OwnQueue();
        var services = new ServiceCollection();

        services.AddSingleton<IInvitationQueue>(queue).AddRebusInvitationQueue();

        using var provider = services.BuildServiceProvider();
        Assert.Same(queue, provider.GetRequiredService<IInvitationQueue>());
    }

    [Fact]
    public void Registration_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => default(IServiceCollection)!.AddRebusInvitationQueue());
        Assert.Throws<ArgumentNullException>(() => default(RebusConfigurer)!.UseInvitationMessages());
    }

    [Fact]
    public async Task EnqueueAsync_OneWayClientWithoutNotifier_AnotherHostDelivers()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using var receiver = await _bus.StartAsync(notifier);
        await using var sender = await BusHost.StartAsync(
            transport => transport.UseInMemoryTransportAsOneWayClient(_bus.Network), _ => { });

        await sender.EnqueueAsync(Samples.Invitation);

        await notifier.UntilCalledAsync(1);
    }

    [Fact]
    public async Task AddRebusInvitationQueue_NextToTheNotifier_ContainerIsValid()
    {
        var services = new ServiceCollection();

        services.AddInvitationNotifier(_ => { });
        services.AddRebusInvitationQueue();
        services.AddRebus(bus => bus.Transport(transport => transport.UseInMemoryTransportAsOneWayClient(_bus.Network)));

        // As the generic host does in development.
        await using var provider = services.BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Assert.NotNull(provider.GetRequiredService<IInvitationQueue>());
    }

    [Fact]
    public async Task EnqueueAsync_Null_Throws()
    {
        await using var host = await _bus.StartSenderAsync();
        var queue = host.Services.GetRequiredService<IInvitationQueue>();

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await queue.EnqueueAsync(null!));
    }

    [Fact]
    public async Task EnqueueAsync_Cancelled_ThrowsAndEnqueuesNothing()
    {
        await using var host = await _bus.StartSenderAsync();
        var queue = host.Services.GetRequiredService<IInvitationQueue>();

        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await queue.EnqueueAsync(Samples.Invitation, new CancellationToken(canceled: true)));

        Assert.Empty(_bus.Waiting);
    }

    private sealed class OwnQueue : IInvitationQueue
    {
        public ValueTask EnqueueAsync(Invitation invitation, CancellationToken cancellationToken = default) => default;
    }
}
