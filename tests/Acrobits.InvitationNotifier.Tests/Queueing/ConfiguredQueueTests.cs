using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>The section <c>Queue</c> of the notifier's configuration.</summary>
public sealed class ConfiguredQueueTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Options_Section_SetsEachOne(bool isQueueFirst)
    {
        var options = Read(
            """
            {
              "Capacity": 20, "CapacityPerNetwork": 7, "MaxConcurrentDeliveriesPerNetwork": 3, "EnqueueTimeout": "00:00:01",
              "Redelivery": [ "00:00:05", "1.00:00:00", "00:05:00" ]
            }
            """,
            isQueueFirst: isQueueFirst);

        Assert.Equal(
            (20, 7, 3, TimeSpan.FromSeconds(1)),
            (options.Capacity, options.CapacityPerNetwork, options.MaxConcurrentDeliveriesPerNetwork, options.EnqueueTimeout));
        Assert.Equal([TimeSpan.FromSeconds(5), TimeSpan.FromDays(1), TimeSpan.FromMinutes(5)], options.Redelivery.Delays);
    }

    [Fact]
    public void Options_SectionWithoutSomeKeys_KeepTheirDefaults()
    {
        var options = Read("""{ "Capacity": 20 }""");

        Assert.Equal((20, 1000, TimeSpan.FromSeconds(10)), (options.Capacity, options.CapacityPerNetwork, options.EnqueueTimeout));
        Assert.Equal(RedeliverySchedule.Default.Delays, options.Redelivery.Delays);
    }

    [Fact]
    public void Options_Null_KeepsTheDefault() =>
        Assert.Equal(RedeliverySchedule.Default.Delays, Read("""{ "Redelivery": null }""").Redelivery.Delays);

    [Fact]
    public void Options_EmptyList_TurnsRedeliveryOff() => Assert.Empty(Read("""{ "Redelivery": [] }""").Redelivery.Delays);

    [Fact]
    public void Options_Delegate_RunsAfterTheSection()
    {
        var options = Read("""{ "Capacity": 20, "CapacityPerNetwork": 7 }""", options => options.Capacity *= 2);

        Assert.Equal((40, 7), (options.Capacity, options.CapacityPerNetwork));
    }

    [Theory]
    [InlineData("""{ "Capacity": 0 }""", "InvitationNotifier:Queue:Capacity: ")]
    [InlineData("""{ "Capacty": 5 }""", "InvitationNotifier:Queue:Capacty: ")]
    [InlineData("""{ "EnqueueTimeout": 10 }""", "InvitationNotifier:Queue:EnqueueTimeout: ")]
    [InlineData("""{ "Redelivery": "00:00:05" }""", "InvitationNotifier:Queue:Redelivery: ")]
    [InlineData("""{ "Redelivery": [ "00:00:05", "soon" ] }""", "InvitationNotifier:Queue:Redelivery:1: ")]
    [InlineData("""{ "Redelivery": [ "31.00:00:00" ] }""", "InvitationNotifier:Queue:Redelivery:0: ")]
    public async Task StartAsync_InvalidSection_NamesTheKeyOnce(string queue, string expected)
    {
        var builder = Builder(queue);
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        builder.Services.AddInvitationQueue();
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith(expected, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    private static InvitationQueueOptions Read(string queue, Action<InvitationQueueOptions>? configure = null, bool isQueueFirst = false)
    {
        var builder = Builder(queue);
        if (isQueueFirst)
        {
            builder.Services.AddInvitationQueue(configure);
        }

        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        if (!isQueueFirst)
        {
            builder.Services.AddInvitationQueue(configure);
        }

        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<InvitationQueueOptions>>().Value;
    }

    private static HostApplicationBuilder Builder(string queue)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "InvitationNotifier": { "InvitationCreatedUrl": "", "Queue": {{queue}} } }""")));
        return builder;
    }
}
