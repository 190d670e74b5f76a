using System.Net;
using Acrobits.InvitationNotifier.Tests.Queueing;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>Operators and applications ask the log what became of recent deliveries.</summary>
public sealed class DeliveryLogTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private ServiceProvider? _services;

    [Fact]
    public async Task QueryAsync_NothingAsked_ReturnsAllNewestFirst()
    {
        var log = await LoggedAsync([.. Enumerable.Range(0, 5).Select(number => Report($"{number % 2}", number))]);

        var entries = await log.QueryAsync();

        Assert.Equal([4, 3, 2, 1, 0], entries.Select(entry => Minute(entry)));
    }

    [Fact]
    public async Task QueryAsync_Entry_HoldsTheReportWithoutUsers()
    {
        var log = await LoggedAsync(new NotificationReport
        {
            Invitation = Secrets.Invitation with { Id = "order-4711", Event = InvitationEvent.Accepted },
            Result = new NotificationResult
            {
                Outcome = NotificationOutcome.Rejected,
                StatusCode = HttpStatusCode.ServiceUnavailable,
                Reason = "The provider answered 503 instead of 204.",
                Attempts = 3,
                Duration = TimeSpan.FromSeconds(2),
            },
            Delivery = 2,
            Progress = NotificationProgress.Deferred,
            NextDelivery = Noon.AddMinutes(5),
            Time = Noon,
        });

        var entry = Assert.Single(await log.QueryAsync());

        Assert.Equal(
            new DeliveryLogEntry
            {
                Time = Noon,
                Event = InvitationEvent.Accepted,
                NetworkId = "mynetwork",
                InvitationId = "order-4711",
                Delivery = 2,
                Outcome = NotificationOutcome.Rejected,
                StatusCode = HttpStatusCode.ServiceUnavailable,
                Reason = "The provider answered 503 instead of 204.",
                Attempts = 3,
                Duration = TimeSpan.FromSeconds(2),
                Progress = NotificationProgress.Deferred,
                NextDelivery = Noon.AddMinutes(5),
            },
            entry);
        Assert.DoesNotContain("ygritte", entry.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("420777", entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueryAsync_EachCriterion_ReturnsWhatMatches()
    {
        var log = await LoggedAsync(
            Report("a", 0, NotificationOutcome.Delivered, NotificationProgress.Completed),
            Report("a", 1, NotificationOutcome.Rejected, NotificationProgress.Deferred),
            Report("b", 2, NotificationOutcome.Rejected, NotificationProgress.GivenUp),
            Report("b", 3, outcome: null, NotificationProgress.Dropped) with { Invitation = new("1", "2", "b") { Event = InvitationEvent.Accepted, Id = "x" } });

        Assert.Equal([1, 0], await MinutesAsync(new() { NetworkId = "a" }));
        Assert.Equal([], await MinutesAsync(new() { NetworkId = "A" }));
        Assert.Equal([2, 1], await MinutesAsync(new() { Outcome = NotificationOutcome.Rejected }));
        Assert.Equal([0], await MinutesAsync(new() { Progress = NotificationProgress.Completed }));
        Assert.Equal([3], await MinutesAsync(new() { Progress = NotificationProgress.Dropped }));
        Assert.Equal([3], await MinutesAsync(new() { Event = InvitationEvent.Accepted }));
        Assert.Equal([3], await MinutesAsync(new() { InvitationId = "x" }));
        Assert.Equal([2, 1], await MinutesAsync(new() { From = Noon.AddMinutes(1), To = Noon.AddMinutes(3) }));
        Assert.Equal([2], await MinutesAsync(new() { NetworkId = "b", Outcome = NotificationOutcome.Rejected }));

        async Task<IEnumerable<double>> MinutesAsync(DeliveryLogQuery query) => (await log.QueryAsync(query)).Select(Minute);
    }

    [Fact]
    public async Task QueryAsync_Pages_AreConsecutive()
    {
        var log = await LoggedAsync([.. Enumerable.Range(0, 250).Select(number => Report("a", number))]);

        Assert.Equal(100, (await log.QueryAsync()).Count);
        Assert.Equal([247, 246], (await log.QueryAsync(new() { Skip = 2, Limit = 2 })).Select(Minute));
        Assert.Equal([0], (await log.QueryAsync(new() { Skip = 249, Limit = 2 })).Select(Minute));
    }

    [Fact]
    public async Task QueryAsync_NoisyNetwork_LeavesTheOthersTheirs()
    {
        var log = await LoggedAsync(
            options => (options.Capacity, options.CapacityPerNetwork) = (20, 10),
            [Report("quiet", 0), .. Enumerable.Range(1, 1_000).Select(number => Report("noisy", number))]);

        Assert.Equal([1_000, 999, 998, 997, 996, 995, 994, 993, 992, 991], (await log.QueryAsync(new() { NetworkId = "noisy" })).Select(Minute));
        Assert.Equal([0], (await log.QueryAsync(new() { NetworkId = "quiet" })).Select(Minute));
    }

    [Fact]
    public async Task QueryAsync_ManyNoisyNetworks_LeaveTheQuietOneItsDeliveries()
    {
        var log = await LoggedAsync(
            options => (options.Capacity, options.CapacityPerNetwork) = (20, 10),
            [Report("quiet", 0), Report("quiet", 1), .. Enumerable.Range(2, 1_000).Select(number => Report($"noisy {number % 5}", number))]);

        var entries = await log.QueryAsync();

        Assert.Equal(20, entries.Count);
        Assert.Equal([1, 0], entries.Where(entry => entry.NetworkId == "quiet").Select(Minute));
        Assert.All(
            entries.Where(entry => entry.NetworkId != "quiet").GroupBy(entry => entry.NetworkId),
            network => Assert.InRange(network.Count(), 3, 4));
    }

    [Fact]
    public async Task QueryAsync_MoreNetworksThanCapacity_KeepsTheNewest()
    {
        var log = await LoggedAsync(
            options => options.Capacity = 3, [.. Enumerable.Range(0, 10).Select(number => Report($"{number}", number))]);

        Assert.Equal([9, 8, 7], (await log.QueryAsync()).Select(Minute));
    }

    [Fact]
    public async Task QueryAsync_ManyThreads_LosesNothing()
    {
        var log = await LoggedAsync(options => options.CapacityPerNetwork = 1_000);
        var observer = _services!.GetServices<INotificationObserver>().Single();

        await Parallel.ForAsync(0, 4_000, async (number, cancellationToken) =>
        {
            await observer.OnNotifiedAsync(Report($"{number % 4}", number), cancellationToken);
            _ = await log.QueryAsync(new() { Limit = 1 }, cancellationToken);
        });

        Assert.Equal(4_000, (await log.QueryAsync(new() { Limit = int.MaxValue })).Count);
    }

    [Fact]
    public async Task QueryAsync_DirectAndQueuedDeliveries_AreLogged()
    {
        var time = new SkippingTime();
        var provider = new MockProvider(time, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.NoContent);
        await using var host = QueueHost.Create(
            services => services.AddInvitationDeliveryLog().AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.Retry.MaxRetryAttempts = 0;
            }).ConfigurePrimaryHttpMessageHandler(() => provider.Handler),
            time: time);
        await host.StartAsync();
        await host.Services.GetRequiredService<IInvitationNotifier>().NotifyAsync(new Invitation("1", "2", "direct"));

        await host.Queue.EnqueueAsync(Secrets.Invitation with { Id = "order-4711" });
        await host.BecomesAsync(host => provider.Requests.Count == 3 && host.Waiting + host.Deferred == 0, "delivered");

        var log = host.Services.GetRequiredService<IDeliveryLog>();
        Assert.Equal(
            [("direct", 1, NotificationOutcome.Rejected, NotificationProgress.Completed)],
            (await log.QueryAsync(new() { NetworkId = "direct" })).Select(Describe));
        Assert.Equal(
            [
                ("mynetwork", 2, NotificationOutcome.Delivered, NotificationProgress.Completed),
                ("mynetwork", 1, NotificationOutcome.Rejected, NotificationProgress.Deferred),
            ],
            (await log.QueryAsync(new() { InvitationId = "order-4711" })).Select(Describe));
    }

    [Theory]
    [InlineData(0, 1, "Capacity: 0 is out of range. Use 1 or more.")]
    [InlineData(1, -1, "CapacityPerNetwork: -1 is out of range. Use 1 or more.")]
    public async Task AddInvitationDeliveryLog_CapacityOutOfRange_IsRefusedAtStart(int capacity, int perNetwork, string problem)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Production });
        builder.Services.AddInvitationDeliveryLog(options => (options.Capacity, options.CapacityPerNetwork) = (capacity, perNetwork));
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal([problem], exception.Failures);
    }

    [Fact]
    public void AddInvitationDeliveryLog_Twice_IsOneObserver()
    {
        using var services = new ServiceCollection().AddInvitationDeliveryLog().AddInvitationDeliveryLog().BuildServiceProvider();

        Assert.Same(services.GetRequiredService<IDeliveryLog>(), Assert.Single(services.GetServices<INotificationObserver>()));
    }

    [Fact]
    public void DeliveryLogQuery_LimitOrSkipOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeliveryLogQuery { Limit = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeliveryLogQuery { Skip = -1 });
    }

    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task<IDeliveryLog> LoggedAsync(params NotificationReport[] reports) => LoggedAsync(_ => { }, reports);

    private async Task<IDeliveryLog> LoggedAsync(Action<InvitationDeliveryLogOptions> configure, params NotificationReport[] reports)
    {
        _services = new ServiceCollection().AddInvitationDeliveryLog(configure).BuildServiceProvider(validateScopes: true);
        foreach (var report in reports)
        {
            await _services.GetServices<INotificationObserver>().Single().OnNotifiedAsync(report, CancellationToken.None);
        }

        return _services.GetRequiredService<IDeliveryLog>();
    }

    private static NotificationReport Report(
        string network,
        int minute,
        NotificationOutcome? outcome = NotificationOutcome.Delivered,
        NotificationProgress progress = NotificationProgress.Completed) => new()
        {
            Invitation = new("1", "2", network) { Id = $"{minute}" },
            Result = outcome is { } known ? new() { Outcome = known } : null,
            Progress = progress,
            Time = Noon.AddMinutes(minute),
        };

    private static double Minute(DeliveryLogEntry entry) => (entry.Time - Noon).TotalMinutes;

    private static (string Network, int Delivery, NotificationOutcome? Outcome, NotificationProgress Progress) Describe(DeliveryLogEntry entry) =>
        (entry.NetworkId, entry.Delivery, entry.Outcome, entry.Progress);
}
