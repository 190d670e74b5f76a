using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>What one destination may take up, and what becomes of its state.</summary>
public sealed class ConcurrencyTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _go = new();

    [Fact]
    public async Task NotifyAsync_ConcurrencyAndQueueUsedUp_IsSuspendedAtOnce()
    {
        var provider = new MockProvider(_time, AnswerOnGo);
        await using var host = Create(provider, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (2, 3));

        var accepted = Enumerable.Range(0, 5).Select(_ => host.NotifyAsync()).ToArray();
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2, "two requests have been sent");
        var refused = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Suspended, 0), (refused.Outcome, refused.Attempts));
        Assert.True(refused.IsTransient);
        Assert.NotNull(refused.Exception);
        Assert.Null(refused.RetryAfter);
        Assert.Equal(2, provider.Requests.Count);

        _go.SetResult();
        Assert.All(await Task.WhenAll(accepted), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
        Assert.Equal(5, provider.Requests.Count);
        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_WaitsForTheTotalTimeout_IsSuspended()
    {
        var provider = new MockProvider(_time, AnswerOnGo);
        await using var host = Create(provider, options =>
        {
            (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 2);
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromSeconds(30);
            options.Retry.MaxRetryAttempts = 0;
        });
        var first = host.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        var second = host.NotifyAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        var third = host.NotifyAsync();

        // The first one's time is over, and the second takes its place; then the third has waited for as long as it may.
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(NotificationOutcome.Unreachable, (await first).Outcome);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 2, "the second request has been sent");
        Assert.False(third.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal((NotificationOutcome.Suspended, 0), ((await third).Outcome, (await third).Attempts));
        _go.SetResult();
        Assert.Equal(NotificationOutcome.Delivered, (await second).Outcome);
    }

    [Theory]
    [InlineData("http://hanging.example:81/")]
    [InlineData("https://hanging.example/")]
    [InlineData("http://other.example/")]
    public async Task NotifyAsync_OneDestinationHangs_OthersAreNotHeldUp(string otherUrl)
    {
        var provider = new MockProvider(_time, (request, cancellationToken) =>
            request.RequestUri!.OriginalString == "http://hanging.example/"
                ? AnswerOnGo(request, cancellationToken)
                : Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent)));
        await using var host = Create(provider, options =>
        {
            options.InvitationCreatedUrl = "http://hanging.example/";
            options.Networks["other"] = new() { InvitationCreatedUrl = otherUrl };
            (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 1);
        });

        var hanging = new[] { host.NotifyAsync(), host.NotifyAsync() };
        var other = await host.NotifyAsync(new Invitation("1", "2", "other"));

        Assert.Equal(NotificationOutcome.Delivered, other.Outcome);
        Assert.All(hanging, delivery => Assert.False(delivery.IsCompleted));
        _go.SetResult();
        await Task.WhenAll(hanging);
    }

    [Fact]
    public async Task NotifyAsync_NetworksWithOneDestination_ShareItsConcurrency()
    {
        var provider = new MockProvider(_time, AnswerOnGo);
        await using var host = Create(provider, options =>
        {
            options.Networks["other"] = new() { InvitationCreatedUrl = "HTTP://Provider.Example:80/quite/another?path" };
            (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (1, 0);
        });

        var running = host.NotifyAsync();
        var refused = await host.NotifyAsync(new Invitation("1", "2", "other"));

        Assert.Equal(NotificationOutcome.Suspended, refused.Outcome);
        _go.SetResult();
        await running;
    }

    [Fact]
    public async Task NotifyAsync_NetworksWaitForOneDestination_TakeTurns()
    {
        using var answers = new SemaphoreSlim(0);
        var provider = new MockProvider(_time, AnswerOneByOne(answers));
        await using var host = Create(provider, options =>
        {
            AddNetworks(options, 2);
            options.MaxConcurrentRequests = 1;
        });
        var (first, second) = (new Invitation("1", "2", "0"), new Invitation("1", "2", "1"));

        var notifications = new[] { first, first, first, first, second }.Select(invitation => host.NotifyAsync(invitation)).ToArray();
        for (var sent = 1; sent <= notifications.Length; sent++)
        {
            await Eventually.BecomesAsync(() => provider.Requests.Count == sent, "the next request has been sent");
            answers.Release();
        }

        await Task.WhenAll(notifications);
        Assert.Equal(["/0", "/0", "/1", "/0", "/0"], provider.Requests.Select(request => request.RequestUri!.AbsolutePath));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(10, 2)]
    public async Task NotifyAsync_BurstsOfOneNetwork_LeaveASlotForEachOtherOneUpToHalf(int networks, int slots)
    {
        using var answers = new SemaphoreSlim(0);
        var provider = new MockProvider(_time, AnswerOneByOne(answers));
        await using var host = Create(provider, options =>
        {
            AddNetworks(options, networks);
            (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (4, 0);
        });

        for (var burst = 0; burst < 2; burst++)
        {
            var sent = provider.Requests.Count;
            var notifications = Enumerable.Range(0, 4).Select(_ => host.NotifyAsync(new Invitation("1", "2", "0"))).ToArray();
            await Eventually.BecomesAsync(
                () => provider.Requests.Count - sent + notifications.Count(notification => notification.IsCompleted) == 4,
                "each has been sent or refused");
            Assert.Equal(slots, provider.Requests.Count - sent);

            answers.Release(slots);
            var results = await Task.WhenAll(notifications);
            Assert.Equal(slots, results.Count(result => result.Outcome == NotificationOutcome.Delivered));
            Assert.Equal(4 - slots, results.Count(result => result.Outcome == NotificationOutcome.Suspended));
        }
    }

    [Fact]
    public async Task NotifyAsync_DestinationIsIdle_ItsStateIsGivenBack()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(provider, options =>
            options.Networks["other"] = new() { InvitationCreatedUrl = "http://other.example/" });

        await host.NotifyAsync();
        await host.NotifyAsync(new Invitation("1", "2", "other"));
        Assert.Equal(2, host.States.DestinationCount);

        _time.Advance(TimeSpan.FromMinutes(1));
        await host.NotifyAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, host.States.DestinationCount);

        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(0, host.States.DestinationCount);
        Assert.Equal(NotificationOutcome.Delivered, (await host.NotifyAsync()).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_DestinationIsBusy_ItsStateIsKept()
    {
        var provider = new MockProvider(_time, AnswerOnGo);
        await using var host = Create(provider, options =>
            (options.AttemptTimeout, options.TotalTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));

        var running = host.NotifyAsync();
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(1, host.States.DestinationCount);
        _go.SetResult();
        Assert.Equal(NotificationOutcome.Delivered, (await running).Outcome);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, host.States.DestinationCount);
    }

    private static void AddNetworks(InvitationNotifierOptions options, int count)
    {
        options.InvitationCreatedUrl = null;
        for (var i = 0; i < count; i++)
        {
            options.Networks[$"{i}"] = new() { InvitationCreatedUrl = $"http://provider.example/{i}" };
        }
    }

    private static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> AnswerOneByOne(SemaphoreSlim answers) =>
        async (_, cancellationToken) =>
        {
            await answers.WaitAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        };

    private async Task<HttpResponseMessage> AnswerOnGo(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _go.Task.WaitAsync(cancellationToken);
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private NotifierHost Create(MockProvider provider, Action<InvitationNotifierOptions> configure) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            configure(options);
        },
        provider.Handler,
        _time);
}
