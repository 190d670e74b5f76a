using System.Diagnostics;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>The rate as a provider sees it, and a reload of it.</summary>
public sealed class RateTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(20, false)]
    [InlineData(100, true)]
    [InlineData(2_000, true)]
    public async Task NotifyAsync_ByTheClockOfTheMachine_ProviderNeverSeesMoreThanTheRate(int rate, bool reuseConnections)
    {
        var arrivals = new List<TimeSpan>();
        var started = Stopwatch.GetTimestamp();
        await using var provider = new Provider(async (connection, request, stopping) =>
        {
            lock (arrivals)
            {
                arrivals.Add(Stopwatch.GetElapsedTime(started));
            }

            await Replies.NoContent(connection, request, stopping);
        });
        using var application = Application.Create(options =>
        {
            (options.InvitationCreatedUrl, options.ReuseConnections) = (provider.Url, reuseConnections);
            options.MaxRequestsPerSecond = rate;
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromHours(12);
        });

        var count = Math.Min(rate * 3, 600);
        var results = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => application.NotifyAsync()));

        // What was sent by then; a request can arrive late, never early.
        Assert.All(results, result => Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts)));
        Assert.Equal(count, arrivals.Count);
        var burst = rate / 10;
        for (var i = burst; i < count; i++)
        {
            var least = TimeSpan.FromSeconds((i + 1.0 - burst) / rate);
            Assert.True(arrivals[i] >= least - TimeSpan.FromMilliseconds(1), $"Request {i + 1} came after {arrivals[i]}, not {least}.");
        }
    }

    [Theory]
    [InlineData("100")]
    [InlineData(null)]
    public async Task NotifyAsync_ReloadRaisesTheRate_ThoseThatWaitAreSent(string? rate)
    {
        await using var provider = new Provider(Replies.NoContent);
        (string, string?)[] settings = [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url)];
        var (configuration, source) = ChangingConfiguration.Create([.. settings, ("MaxRequestsPerSecond", "0.001")]);
        using var application = Create(configuration);
        await application.NotifyAsync();
        var waiting = Enumerable.Range(0, 3).Select(_ => application.NotifyAsync()).ToArray();

        source.Change(rate is null ? settings : [.. settings, ("MaxRequestsPerSecond", rate)]);
        await Eventually.BecomesAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(rate is null ? 0 : 10));
                return waiting.All(notification => notification.IsCompleted);
            },
            "those that wait are sent");

        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(NotificationOutcome.Delivered, result.Outcome));
    }

    [Fact]
    public async Task NotifyAsync_ReloadLowersTheRate_HoldsForThoseThatWait()
    {
        await using var provider = new Provider(Replies.NoContent);
        (string, string?)[] settings = [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url)];
        var (configuration, source) = ChangingConfiguration.Create([.. settings, ("MaxRequestsPerSecond", "5")]);
        using var application = Create(configuration);
        await application.NotifyAsync();
        var waiting = application.NotifyAsync();

        source.Change([.. settings, ("MaxRequestsPerSecond", "0.1")]);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, provider.Connections);
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(NotificationOutcome.Delivered, (await waiting).Outcome);
    }

    [Fact]
    public async Task NotifyAsync_ReloadLimitsTheRate_HoldsForTheNextOnes()
    {
        await using var provider = new Provider(Replies.NoContent);
        (string, string?)[] settings =
            [("Egress:AllowedRanges:0", "127.0.0.1/32"), ("InvitationCreatedUrl", provider.Url), ("MaxQueuedRequests", "0")];
        var (configuration, source) = ChangingConfiguration.Create(settings);
        using var application = Create(configuration);
        await application.NotifyAsync();
        await application.NotifyAsync();

        source.Change([.. settings, ("MaxRequestsPerSecond", "0.5")]);

        Assert.Equal(NotificationOutcome.Delivered, (await application.NotifyAsync()).Outcome);
        Assert.Equal(
            (NotificationOutcome.Suspended, TimeSpan.FromSeconds(2)),
            await application.NotifyAsync() is var suspended ? (suspended.Outcome, suspended.RetryAfter!.Value) : default);

        // A reload of other settings keeps the state.
        source.Change([.. settings, ("MaxRequestsPerSecond", "0.5"), ("AttemptTimeout", "00:00:05")]);
        Assert.Equal(NotificationOutcome.Suspended, (await application.NotifyAsync()).Outcome);
    }

    private ServiceProvider Create(Microsoft.Extensions.Configuration.IConfiguration configuration) => Application.Create(
        configuration, (services, _) => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));
}
