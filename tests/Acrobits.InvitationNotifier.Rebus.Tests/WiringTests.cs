using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rebus.Config;
using Rebus.Routing.TypeBased;
using Rebus.Transport.InMem;

namespace Acrobits.InvitationNotifier.Rebus.Tests;

/// <summary>A host in Production whose bus cannot deliver invitations does not start, and says what to change.</summary>
public sealed class WiringTests
{
    private readonly InMemNetwork _network = new();

    [Fact]
    public Task StartAsync_NoBus_NamesTheMissingCall() => AssertRefusedAsync(
        services => services.AddRebusInvitationQueue().AddInvitationNotifier(_ => { }),
        "AddRebusInvitationQueue needs a bus. Call services.AddRebus(...) too, with UseInvitationMessages().");

    [Fact]
    public async Task StartAsync_NoInvitationMessages_NamesTheMissingCall()
    {
        await AssertRefusedAsync(
            services => Add(services, bus => bus.Routing(routes => routes.TypeBased().Map<Invitation>("invitations"))),
            "The bus does not know invitations. Call UseInvitationMessages() in the configuration of the bus (AddRebus).");

        // The check itself has sent nothing.
        Assert.Empty(_network.GetMessages("invitations"));
    }

    [Fact]
    public Task StartAsync_NoRoute_SaysWhichOne() => AssertRefusedAsync(
        services => Add(services, bus => bus.UseInvitationMessages()),
        "The bus has no route for invitations. Add Routing(r => r.TypeBased().Map<Invitation>(\"queue\")) to the configuration of the bus.");

    [Fact]
    public async Task StartAsync_RouteToAnotherQueue_NamesBoth()
    {
        var message = await AssertRefusedAsync(
            services => Add(services, bus => bus.UseInvitationMessages().Routing(routes => routes.TypeBased().Map<Invitation>("elsewhere"))), null);

        Assert.StartsWith("Invitations are sent to the queue elsewhere, but the bus receives from invitations,", message, StringComparison.Ordinal);
        Assert.Contains("Map<Invitation>(\"invitations\")", message, StringComparison.Ordinal);
        Assert.Contains("AddRebusInvitationQueue(deliver: false)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_BusIsStartedByTheApplication_StartsAndSendsNothing()
    {
        using var host = Build(services =>
        {
            services.AddInvitationNotifier(options => options.InvitationCreatedUrl = "https://example.com/");
            services.AddRebusInvitationQueue();
            services.AddRebus(
                bus => bus.Transport(transport => transport.UseInMemoryTransport(_network, "invitations"))
                    .UseInvitationMessages().Routing(routes => routes.TypeBased().Map<Invitation>("invitations")),
                key: "main",
                startAutomatically: false);
        });

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Empty(_network.GetMessages("invitations"));
        await Task.Run(() => host.StopAsync());
    }

    [Fact]
    public async Task StartAsync_NoNotifier_NamesTheMissingCall()
    {
        var message = await AssertRefusedAsync(
            services => Add(
                services,
                bus => bus.UseInvitationMessages().Routing(routes => routes.TypeBased().Map<Invitation>("invitations")),
                withNotifier: false),
            null);

        Assert.StartsWith("AddRebusInvitationQueue needs the notifier", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_OnlyEnqueuesForAnotherApplication_Starts()
    {
        using var host = Build(services => Add(
            services,
            bus => bus.UseInvitationMessages().Routing(routes => routes.TypeBased().Map<Invitation>("elsewhere")),
            withNotifier: false,
            deliver: false));
        await host.StartAsync(TestContext.Current.CancellationToken);

        await host.Services.GetRequiredService<IInvitationQueue>().EnqueueAsync(Samples.Invitation, TestContext.Current.CancellationToken);

        Assert.Single(_network.GetMessages("elsewhere"));
        await Task.Run(() => host.StopAsync());
    }

    [Fact]
    public void AddQueues_MemoryAndDurable_AreRefusedInBothOrders()
    {
        var one = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddInvitationQueue().AddRebusInvitationQueue());
        var other = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddRebusInvitationQueue().AddInvitationQueue());

        Assert.StartsWith("AddRebusInvitationQueue adds a second queue, but AddInvitationQueue has added one", one.Message, StringComparison.Ordinal);
        Assert.StartsWith("AddInvitationQueue adds a second queue, but AddRebusInvitationQueue has added one", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddRebusInvitationQueue_ScheduleInTheConfiguration_IsUsed()
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Queue:Redelivery:0", (string?)"00:01:00"), KeyValuePair.Create("Queue:Redelivery:1", (string?)"1.00:00:00")])
            .Build();
        var services = new ServiceCollection().AddLogging().AddRebusInvitationQueue();
        services.AddInvitationNotifier(section);
        using var provider = services.BuildServiceProvider();

        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)], provider.GetRequiredService<RedeliverySchedule>().Delays);
    }

    private async Task<string> AssertRefusedAsync(Action<IServiceCollection> register, string? message)
    {
        using var host = Build(register);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        await Task.Run(() => host.StopAsync());
        if (message is not null)
        {
            Assert.Equal(message, exception.Message);
        }

        return exception.Message;
    }

    private void Add(
        IServiceCollection services, Func<RebusConfigurer, RebusConfigurer> configure, bool withNotifier = true, bool deliver = true)
    {
        if (withNotifier)
        {
            services.AddInvitationNotifier(options => options.InvitationCreatedUrl = "https://example.com/");
        }

        services.AddRebusInvitationQueue(deliver: deliver);
        services.AddRebus(bus => configure(bus.Transport(transport => transport.UseInMemoryTransport(_network, "invitations"))));
    }

    private static IHost Build(Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        register(builder.Services);
        return builder.Build();
    }
}
