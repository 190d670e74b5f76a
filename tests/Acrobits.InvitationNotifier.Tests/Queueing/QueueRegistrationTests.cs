using Acrobits.InvitationNotifier.Testing;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

public sealed class QueueRegistrationTests
{
    [Fact]
    public void AddInvitationQueue_Null_Throws() =>
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddInvitationQueue());

    [Fact]
    public void InvitationQueueOptions_New_HaveTheDocumentedDefaults()
    {
        var options = new InvitationQueueOptions();

        Assert.Equal(10_000, options.Capacity);
        Assert.Equal(1_000, options.CapacityPerNetwork);
        Assert.Equal(32, options.MaxConcurrentDeliveriesPerNetwork);
    }

    [Fact]
    public async Task AddInvitationQueue_Twice_IsHarmless()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Failed);
        await using var host = QueueHost.Create(
            services => services.AddSingleton<IInvitationNotifier>(notifier)
                .AddInvitationQueue(options => options.Redelivery = new(TimeSpan.Zero)),
            options => options.CapacityPerNetwork = 5);
        await host.StartAsync();

        await host.EnqueueAsync("a");

        // The options of both are in force.
        await host.BecomesAsync(host => host.Dropped.Count == 1, "dropped");
        Assert.Equal(2, notifier.Deliveries.Count);
    }

    [Fact]
    public void AddInvitationQueue_Twice_RegistersOneService()
    {
        var services = new ServiceCollection();
        services.AddInvitationQueue();
        var count = services.Count(service => service.ServiceType == typeof(IHostedService));

        services.AddInvitationQueue();

        Assert.Equal(1, count);
        Assert.Single(services, service => service.ServiceType == typeof(IHostedService));
        Assert.Single(services, service => service.ServiceType == typeof(IInvitationQueue));
    }

    [Fact]
    public void AddInvitationQueue_QueueOfTheApplication_Stays()
    {
        var own = new FakeInvitationQueue();
        using var services = new ServiceCollection()
            .AddSingleton<IInvitationQueue>(own).AddInvitationQueue().BuildServiceProvider();

        Assert.Same(own, services.GetRequiredService<IInvitationQueue>());
    }

    [Fact]
    public async Task AddInvitationQueue_AfterOrBeforeTheNotifier_Works()
    {
        foreach (var isQueueFirst in new[] { true, false })
        {
            var builder = Builder();
            if (isQueueFirst)
            {
                builder.Services.AddInvitationQueue().AddInvitationNotifier(_ => { });
            }
            else
            {
                builder.Services.AddInvitationNotifier(_ => { });
                builder.Services.AddInvitationQueue();
            }

            using var host = builder.Build();
            await host.StartAsync();
            await host.Services.GetRequiredService<IInvitationQueue>().EnqueueAsync(NotifierHost.Invitation);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task StartAsync_InvalidOptions_ThrowsWithEveryProblemOnce()
    {
        var builder = Builder();
        builder.Services.AddInvitationNotifier(_ => { });
        builder.Services.AddInvitationQueue(options =>
        {
            (options.Capacity, options.CapacityPerNetwork, options.MaxConcurrentDeliveriesPerNetwork) = (0, -1, int.MinValue);
            options.Redelivery = null!;
        });
        builder.Services.AddInvitationQueue();
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            [
                "Capacity: 0 is out of range. Use 1 or more.",
                "CapacityPerNetwork: -1 is out of range. Use 1 or more.",
                "MaxConcurrentDeliveriesPerNetwork: -2147483648 is out of range. Use 1 or more.",
                "Redelivery: is missing. To turn redelivery off, use a schedule without delays.",
            ],
            exception.Failures);
    }

    [Fact]
    public async Task StartAsync_LeastOfEverything_Works()
    {
        var notifier = ScriptedNotifier.Answering(ScriptedNotifier.Delivered);
        await using var host = await QueueHost.StartAsync(
            notifier,
            options => (options.Capacity, options.CapacityPerNetwork, options.MaxConcurrentDeliveriesPerNetwork) = (1, 1, 1));

        for (var i = 0; i < 10; i++)
        {
            await host.EnqueueAsync("a", $"{i}").WaitAsync(Eventually.Limit);
        }

        await host.StopAsync();
        Assert.Equal(10, notifier.Deliveries.Count);
    }

    private static HostApplicationBuilder Builder() => new(new HostApplicationBuilderSettings { DisableDefaults = true });
}
