using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>The queue before a destination whose rate is limited: everything is delivered, at the rate, and nothing is used up.</summary>
public sealed class RateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task EnqueueAsync_MoreThanTheRate_AreDeliveredEvenly()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, rate: 50);

        await EnqueueAllAsync(host, 200, _ => "mynetwork");
        for (var expected = 5; expected < 200; expected += 5)
        {
            await host.BecomesAsync(_ => provider.Requests.Count >= expected, $"{expected} are delivered");
            Assert.Equal(expected, provider.Requests.Count);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await host.BecomesAsync(host => host.Waiting == 0, "all are delivered");
        AssertEachOnce(provider, 200);
        Assert.Empty(host.Dropped);
        Assert.Empty(host.Logged(5));
    }

    [Theory]
    [InlineData(0.5, 1024)]
    [InlineData(2, 1)]
    [InlineData(50, 0)]
    public async Task EnqueueAsync_WaitsTimeOutOrQueueIsFull_ScheduleIsNotUsedUp(double rate, int maxQueuedRequests)
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, rate, options => options.MaxQueuedRequests = maxQueuedRequests);
        var started = _time.GetUtcNow();

        await EnqueueAllAsync(host, 40, _ => "mynetwork");
        await RunUntilDoneAsync(host);

        Assert.NotEmpty(host.Logged(5));
        AssertEachOnce(provider, 40);
        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.FromSeconds((40 - Math.Max(1, rate / 10)) / rate), TimeSpan.MaxValue);
        Assert.Empty(host.Dropped);
        Assert.Empty(host.Logged(30));
        Assert.Equal(0, host.Deferred);
    }

    [Fact]
    public async Task EnqueueAsync_OneNetworkFloods_OthersAreDeliveredInTurn()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, rate: 10);
        await EnqueueAllAsync(host, 100, _ => "flood");
        await host.BecomesAsync(_ => provider.Requests.Count == 1, "the first one is delivered");

        await EnqueueAllAsync(host, 5, i => $"other{i}");
        await RunUntilDoneAsync(host);

        var paths = provider.Requests.Select(request => request.RequestUri!.AbsolutePath).ToList();
        Assert.Equal(105, paths.Count);
        Assert.All(Enumerable.Range(0, 5), i => Assert.InRange(paths.IndexOf($"/other{i}"), 1, 40));
    }

    [Fact]
    public async Task StopAsync_RateIsLimited_DeliversWhatIsInTheQueue()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, rate: 0.5, options => options.MaxQueuedRequests = 1);
        await EnqueueAllAsync(host, 5, _ => "mynetwork");

        var stopping = host.StopAsync();
        await Eventually.BecomesAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(200));
                return stopping.IsCompleted;
            },
            "stopped");

        await stopping;
        AssertEachOnce(provider, 5);
    }

    private static async Task EnqueueAllAsync(QueueHost host, int count, Func<int, string> network)
    {
        for (var i = 0; i < count; i++)
        {
            await host.EnqueueAsync(network(i), $"{i}");
        }
    }

    private static void AssertEachOnce(MockProvider provider, int count) => Assert.Equal(
        Enumerable.Range(0, count).Select(i => $"?invitee={i}").Order(),
        provider.Requests.Select(request => request.RequestUri!.Query).Order());

    private Task RunUntilDoneAsync(QueueHost host) => host.BecomesAsync(
        host =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            return host.Waiting == 0;
        },
        "all are delivered");

    private async Task<QueueHost> StartAsync(MockProvider provider, double rate, Action<InvitationNotifierOptions>? configure = null)
    {
        var host = QueueHost.Create(
            services => services.AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.Networks["flood"] = new() { InvitationCreatedUrl = "http://provider.example/flood" };
                for (var i = 0; i < 5; i++)
                {
                    options.Networks[$"other{i}"] = new() { InvitationCreatedUrl = $"http://provider.example/other{i}" };
                }

                options.MaxRequestsPerSecond = rate;
                configure?.Invoke(options);
            }).ConfigurePrimaryHttpMessageHandler(() => provider.Handler),
            options => options.Redelivery = new(TimeSpan.FromSeconds(1)),
            _time);
        await host.StartAsync();
        return host;
    }
}
