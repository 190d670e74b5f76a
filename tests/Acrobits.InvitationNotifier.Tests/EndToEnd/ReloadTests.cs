using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>A reload changes settings and keeps what is known: circuits, pauses and limits.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task NotifyAsync_ReloadWhileLookUpsOfEndpointsAreAwaited_KeepsToTheLimit()
    {
        var (underWay, most) = (0, 0);
        var arrived = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        await using var provider = new Provider(async (connection, request, stopping) =>
        {
            lock (arrived)
            {
                most = Math.Max(most, ++underWay);
            }

            arrived.Release();
            await release.Task.WaitAsync(stopping);
            lock (arrived)
            {
                underWay--;
            }

            await Replies.NoContent(connection, request, stopping);
        });
        var endpoints = new SlowEndpoints(InvitationEndpoint.Create(new() { InvitationCreatedUrl = provider.Url }));
        var (configuration, source) = ChangingConfiguration.Create(Settings("00:00:10"));
        using var application = Application.Create(
            configuration, (services, _) => services.Replace(ServiceDescriptor.Singleton<IInvitationEndpointProvider>(endpoints)));

        // Each notification begins under settings of its own, and all of them find their endpoint at the same time.
        var notifications = new List<Task<NotificationResult>>();
        for (var i = 0; i < 40; i++)
        {
            notifications.Add(application.NotifyAsync());
            source.Change(Settings($"00:00:{11 + i}"));
        }

        endpoints.Answer.SetResult();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        release.SetResult();
        Assert.All(await Task.WhenAll(notifications), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
        Assert.Equal(4, most);

        static (string, string?)[] Settings(string attemptTimeout) =>
            [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("MaxConcurrentRequests", "4"), ("AttemptTimeout", attemptTimeout)];
    }

    [Theory]
    [InlineData("MaxQueuedRequests", "7")]
    [InlineData("MaxConcurrentRequests", "5")]
    [InlineData("AttemptTimeout", "00:00:05")]
    [InlineData("CircuitBreaker:BreakDuration", "00:10:00")]
    [InlineData("CircuitBreaker:FailureRatio", "0.9")]
    public async Task NotifyAsync_ReloadWhileTheCircuitIsOpen_StaysOpen(string key, string value)
    {
        await using var provider = new Provider(Replies.Sequence(Replies.Status(500), Replies.Status(500), Replies.NoContent));
        (string, string?)[] settings =
        [
            ("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url),
            ("Retry:MaxRetryAttempts", "0"), ("CircuitBreaker:MinimumThroughput", "2"),
        ];
        var (configuration, source) = ChangingConfiguration.Create(settings);
        using var application = Application.Create(configuration);
        await application.NotifyAsync();
        await application.NotifyAsync();

        source.Change([.. settings, (key, value)]);

        Assert.Equal(NotificationOutcome.Suspended, (await application.NotifyAsync()).Outcome);
        Assert.Equal(2, provider.Connections);
    }

    [Fact]
    public async Task NotifyAsync_ReloadRaisesTheLimit_TheNextOnesAreSent()
    {
        var release = new TaskCompletionSource();
        await using var provider = new Provider(Replies.NoContentAfter(release.Task));
        (string, string?)[] settings = [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url)];
        var (configuration, source) = ChangingConfiguration.Create([.. settings, ("MaxConcurrentRequests", "1")]);
        using var application = CreateWithStoppedClock(configuration);
        var first = application.NotifyAsync();
        await provider.ArrivedAsync();

        source.Change([.. settings, ("MaxConcurrentRequests", "2")]);
        var second = application.NotifyAsync();
        await provider.ArrivedAsync();

        Assert.Equal(2, provider.Connections);
        release.SetResult();
        Assert.All(await Task.WhenAll(first, second), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyAsync_ReloadRaisesTheLimit_ThoseThatWaitAreSentToo()
    {
        var release = new TaskCompletionSource();
        await using var provider = new Provider(Replies.NoContentAfter(release.Task));
        (string, string?)[] settings = [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url)];
        var (configuration, source) = ChangingConfiguration.Create([.. settings, ("MaxConcurrentRequests", "1")]);
        using var application = CreateWithStoppedClock(configuration);
        var notifications = Enumerable.Range(0, 3).Select(_ => application.NotifyAsync()).ToList();
        await provider.ArrivedAsync();

        source.Change([.. settings, ("MaxConcurrentRequests", "4")]);
        notifications.Add(application.NotifyAsync());
        for (var i = 1; i < 4; i++)
        {
            await provider.ArrivedAsync();
        }

        release.SetResult();
        Assert.All(await Task.WhenAll(notifications), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyAsync_ReloadLowersTheLimit_HoldsForThoseThatWait()
    {
        using var answers = new SemaphoreSlim(0);
        await using var provider = new Provider(async (connection, request, stopping) =>
        {
            await answers.WaitAsync(stopping);
            await Replies.NoContent(connection, request, stopping);
        });
        (string, string?)[] settings = [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url)];
        var (configuration, source) = ChangingConfiguration.Create([.. settings, ("MaxConcurrentRequests", "4")]);
        using var application = CreateWithStoppedClock(configuration);
        var notifications = Enumerable.Range(0, 8).Select(_ => application.NotifyAsync()).ToArray();
        for (var i = 0; i < 4; i++)
        {
            await provider.ArrivedAsync();
        }

        source.Change([.. settings, ("MaxConcurrentRequests", "1")]);
        for (var ended = 1; ended <= 8; ended++)
        {
            answers.Release();
            await Eventually.BecomesAsync(() => notifications.Count(notification => notification.IsCompleted) == ended, "one has ended");
            Assert.InRange(provider.Connections - ended, 0, Math.Max(4 - ended, 1));
        }

        Assert.All(await Task.WhenAll(notifications), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    // No timeout ends and gives its slot to another.
    private static ServiceProvider CreateWithStoppedClock(IConfiguration configuration) => Application.Create(
        configuration, (services, _) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new FakeTimeProvider())));

    private sealed class SlowEndpoints(InvitationEndpoint endpoint) : IInvitationEndpointProvider
    {
        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken)
        {
            await Answer.Task.WaitAsync(cancellationToken);
            return endpoint;
        }
    }
}
