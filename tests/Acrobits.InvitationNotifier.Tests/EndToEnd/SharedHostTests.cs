using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Several web services on one host: what one of them does must not reach the others.</summary>
public sealed class SharedHostTests
{
    private static readonly Invitation ToBad = new("1", "2", "bad");
    private static readonly Invitation ToGood = new("1", "2", "good");

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(520)]
    public async Task NotifyAsync_OneTenantFails_TheOtherIsNotSuspended(int status)
    {
        await using var host = new Provider(Replies.ByPath(("/hooks/bad", Replies.Status(status)), ("/hooks/good", Replies.NoContent)));
        using var application = Create(host, options => options.CircuitBreaker.MinimumThroughput = 2);

        var bad = new List<NotificationResult>();
        for (var i = 0; i < 4; i++)
        {
            bad.Add(await application.Notifier().NotifyAsync(ToBad));
        }

        Assert.Equal(NotificationOutcome.Suspended, bad[^1].Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await application.Notifier().NotifyAsync(ToGood)).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_OneTenantAsksForAPause_TheOtherIsNotPaused()
    {
        await using var host = new Provider(Replies.ByPath(
            ("/hooks/bad", Replies.Status(503, "Retry-After: 600\r\n")), ("/hooks/good", Replies.NoContent)));
        using var application = Create(host);

        await application.Notifier().NotifyAsync(ToBad);

        Assert.Equal(NotificationOutcome.Suspended, (await application.Notifier().NotifyAsync(ToBad)).Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await application.Notifier().NotifyAsync(ToGood)).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_TenantIsInBackOff_HoldsNoSlot()
    {
        // The clock stands still, so no delay ends: a slot that were held meanwhile would be held for ever.
        await using var host = new Provider(Replies.ByPath(("/hooks/bad", Replies.Status(503)), ("/hooks/good", Replies.NoContent)));
        using var application = Create(host, options =>
        {
            options.MaxConcurrentRequests = 4;
            options.Retry = new RetryOptions();
            options.CircuitBreaker.MinimumThroughput = 1_000;
        });

        var waiting = Enumerable.Range(0, 8).Select(_ => application.Notifier().NotifyAsync(ToBad)).ToArray();
        for (var i = 0; i < 8; i++)
        {
            await host.ArrivedAsync();
        }

        var good = await application.Notifier().NotifyAsync(ToGood).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(NotificationOutcome.Delivered, good.Outcome);
        Assert.All(waiting, notification => Assert.False(notification.IsCompleted));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    [InlineData(8, 1)]
    [InlineData(32, 1)]
    [InlineData(8, 3)]
    public async Task NotifyAsync_TenantsHang_TheOtherFindsASlot(int maxConcurrentRequests, int hangingTenants)
    {
        await using var host = new Provider(Replies.ByPath(("/hooks/bad", Replies.Hang), ("/hooks/good", Replies.NoContent)));
        using var application = Create(host, options =>
        {
            options.MaxConcurrentRequests = maxConcurrentRequests;
            for (var i = 0; i < hangingTenants; i++)
            {
                options.Networks["bad" + i] = new() { InvitationCreatedUrl = $"{host.Url}hooks/bad/{i}" };
            }
        });
        using var end = new CancellationTokenSource();
        var hanging = Enumerable.Range(0, hangingTenants)
            .SelectMany(tenant => Enumerable.Range(0, 2 * maxConcurrentRequests)
                .Select(_ => application.Notifier().NotifyAsync(new Invitation("1", "2", "bad" + tenant), end.Token)))
            .ToArray();

        for (var i = 0; i < 20; i++)
        {
            var good = await application.Notifier().NotifyAsync(ToGood).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal((NotificationOutcome.Delivered, TimeSpan.Zero), (good.Outcome, good.Duration));
        }

        Assert.True(host.Connections - 20 < maxConcurrentRequests, $"{host.Connections - 20} slots are held.");
        await end.CancelAsync();
        Assert.All(hanging, notification => Assert.False(notification.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task NotifyAsync_TenantHangsAndQueueIsFull_TheOtherMayWait()
    {
        await using var host = new Provider(Replies.ByPath(("/hooks/bad", Replies.Hang), ("/hooks/good", Replies.NoContent)));
        using var application = Create(host, options => (options.MaxConcurrentRequests, options.MaxQueuedRequests) = (2, 4));
        using var end = new CancellationTokenSource();
        var hanging = Enumerable.Range(0, 20).Select(_ => application.Notifier().NotifyAsync(ToBad, end.Token)).ToArray();
        await host.ArrivedAsync();

        var good = await Task.WhenAll(application.Notifier().NotifyAsync(ToGood), application.Notifier().NotifyAsync(ToGood));

        Assert.All(good, result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
        Assert.Contains(hanging, notification => !notification.IsCompleted);
        await end.CancelAsync();
    }

    [Fact]
    public async Task NotifyAsync_OnlyWebServiceOfItsDestination_UsesAllSlots()
    {
        var release = new TaskCompletionSource();
        await using var alone = new Provider(Replies.NoContentAfter(release.Task));
        using var application = Application.Create(options =>
        {
            options.InvitationCreatedUrl = alone.Url;
            options.MaxConcurrentRequests = 4;
        });

        var notifications = Enumerable.Range(0, 6).Select(_ => application.NotifyAsync()).ToArray();
        for (var i = 0; i < 4; i++)
        {
            await alone.ArrivedAsync();
        }

        Assert.Equal(4, alone.Connections);
        release.SetResult();
        Assert.All(await Task.WhenAll(notifications), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyAsync_ManyTenantsAtOnce_NeverMoreThanTheLimitAndAllArrive()
    {
        var (underWay, most) = (0, 0);
        await using var host = new Provider(async (connection, request, stopping) =>
        {
            var now = Interlocked.Increment(ref underWay);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            await Replies.NoContent(connection, request, stopping);
        });
        using var application = Application.Create(options =>
        {
            options.MaxConcurrentRequests = 4;
            for (var i = 0; i < 10; i++)
            {
                options.Networks["tenant" + i] = new() { InvitationCreatedUrl = $"{host.Url}{i}" };
            }
        });

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            application.Notifier().NotifyAsync(new Invitation("1", "2", "tenant" + (i % 10)))));

        Assert.All(results, result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
        Assert.InRange(most, 1, 4);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private ServiceProvider Create(Provider host, Action<InvitationNotifierOptions>? configure = null) => Application.Create(
        options =>
        {
            options.Networks["bad"] = new() { InvitationCreatedUrl = host.Url + "hooks/bad" };
            options.Networks["good"] = new() { InvitationCreatedUrl = host.Url + "hooks/good" };
            configure?.Invoke(options);
        },
        (services, _) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));
}
