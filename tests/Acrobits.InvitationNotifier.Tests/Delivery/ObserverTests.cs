using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>Observers learn what became of each call of the notifier.</summary>
public sealed class ObserverTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordingObserver _observer = new();

    [Theory]
    [InlineData(HttpStatusCode.NoContent, NotificationOutcome.Delivered)]
    [InlineData(HttpStatusCode.NotFound, NotificationOutcome.Rejected)]
    [InlineData(HttpStatusCode.ServiceUnavailable, NotificationOutcome.Rejected)]
    public async Task NotifyAsync_EachResult_IsReportedOnce(HttpStatusCode status, NotificationOutcome outcome)
    {
        await using var host = Create(new MockProvider(_time, status), services => services.Observe(_observer));

        var result = await host.NotifyAsync(NotifierHost.Invitation with { Id = "order-4711" });

        Assert.Equal(outcome, result.Outcome);
        var report = Assert.Single(_observer.Reports);
        Assert.Equal(
            new NotificationReport
            {
                Invitation = NotifierHost.Invitation with { Id = "order-4711" },
                Result = result,
                Delivery = 1,
                Progress = NotificationProgress.Completed,
                NextDelivery = null,
                Time = _time.GetUtcNow(),
            },
            report);
        Assert.Same(result, report.Result);
    }

    [Fact]
    public async Task NotifyAsync_InvitationWithoutId_IsReportedWithTheIdThatWasSent()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = Create(
            provider, services => services.Observe(_observer), options => options.SendIdempotencyKey = true);

        await host.NotifyAsync();

        var id = Assert.Single(_observer.Reports).Invitation.Id;
        Assert.Equal($"\"{id}\"", Assert.Single(provider.Requests).Headers.NonValidated["Idempotency-Key"].ToString());
    }

    [Fact]
    public async Task NotifyAsync_EndpointProviderThrows_IsReportedWithoutResult()
    {
        await using var host = Create(
            new MockProvider(_time, HttpStatusCode.NoContent),
            services => services.Observe(_observer).AddSingleton<IInvitationEndpointProvider, BrokenEndpoints>());

        await Assert.ThrowsAsync<TimeoutException>(() => host.NotifyAsync());

        var report = Assert.Single(_observer.Reports);
        Assert.Null(report.Result);
        Assert.Equal((1, NotificationProgress.Completed), (report.Delivery, report.Progress));
    }

    [Fact]
    public async Task NotifyAsync_CallerCancels_IsNotReported()
    {
        using var caller = new CancellationTokenSource();
        await using var host = Create(
            new MockProvider(_time, async (_, cancellationToken) =>
            {
                await caller.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                throw new InvalidOperationException();
            }),
            services => services.Observe(_observer));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.NotifyAsync(null, caller.Token));

        Assert.Empty(_observer.Reports);
    }

    [Fact]
    public async Task NotifyOnceAsync_Delivered_IsLeftToItsScheduler()
    {
        await using var host = Create(new MockProvider(_time, HttpStatusCode.NoContent), services => services.Observe(_observer));

        await host.Notifier.NotifyOnceAsync(NotifierHost.Invitation);

        Assert.Empty(_observer.Reports);
    }

    [Fact]
    public async Task NotifyOnceAsync_DecoratorWithoutOne_IsLeftToItsScheduler()
    {
        await using var host = Create(new MockProvider(_time, HttpStatusCode.NoContent), services => services.Observe(_observer));
        IInvitationNotifier decorator = new Decorator(host.Notifier);

        await decorator.NotifyOnceAsync(NotifierHost.Invitation);
        Assert.Empty(_observer.Reports);

        await decorator.NotifyAsync(NotifierHost.Invitation);
        Assert.Single(_observer.Reports);
    }

    [Fact]
    public async Task NotifyOnceAsync_WorkThatOutlivesIt_IsReportedAsUsual()
    {
        await using var host = Create(new MockProvider(_time, HttpStatusCode.NoContent), services => services.Observe(_observer));
        var ended = new TaskCompletionSource();
        Task? later = null;
        IInvitationNotifier decorator = new Decorator(host.Notifier, () => later = Task.Run(async () =>
        {
            await ended.Task;
            await host.NotifyAsync();
        }));

        await decorator.NotifyOnceAsync(NotifierHost.Invitation);
        ended.SetResult();
        await later!;

        Assert.Single(_observer.Reports);
    }

    [Fact]
    public async Task NotifyAsync_ObserversThrow_OthersGetTheReportAndTheCallerItsResult()
    {
        await using var host = Create(new MockProvider(_time, HttpStatusCode.NoContent), services => services
            .AddNotificationObserver<ThrowingAtOnce>()
            .AddNotificationObserver<ThrowingLater>()
            .AddNotificationObserver<ThrowingWhenCreated>()
            .Observe(_observer));

        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.True(result.IsSuccess);
        Assert.Single(_observer.Reports);
        var records = host.Logs.Where(record => record.Id.Id == 50).OrderBy(record => record.Message, StringComparer.Ordinal).ToArray();
        Assert.All(records, record =>
        {
            Assert.Equal((LogLevel.Error, "Acrobits.InvitationNotifier.INotificationObserver"), (record.Level, record.Category));
            Assert.Equal(_observer.Reports[0].Invitation.Id, record.GetStructuredStateValue("InvitationId"));
        });
        Assert.Equal(
            ["ThrowingAtOnce", "ThrowingLater", "ThrowingWhenCreated"],
            records.Select(record => record.GetStructuredStateValue("Observer")));
        Assert.Equal(
            ["InvalidOperationException", "InvalidOperationException", "TimeoutException"],
            records.Select(record => record.GetStructuredStateValue("Error")));
        Secrets.AssertKept(host, result);
    }

    [Theory]
    [InlineData("hangs")]
    [InlineData("blocks")]
    [InlineData("ends when cancelled")]
    public async Task NotifyAsync_ObserverTakesLongerThanFiveSeconds_IsLoggedAndNotWaitedFor(string manner)
    {
        using var release = new ManualResetEventSlim();
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new RecordingObserver(async (_, cancellationToken) =>
        {
            called.SetResult();
            if (manner == "blocks")
            {
                release.Wait(2 * Eventually.Limit, CancellationToken.None);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, manner == "ends when cancelled" ? cancellationToken : CancellationToken.None);
        });
        await using var host = Create(
            new MockProvider(_time, HttpStatusCode.NoContent),
            services => services.AddSingleton<INotificationObserver>(slow).Observe(_observer));

        var notifying = host.NotifyAsync();
        await called.Task;
        await Eventually.BecomesAsync(() => _observer.Reports.Count == 1, "the other observer has the report");
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(notifying.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True((await notifying).IsSuccess);
        var record = Assert.Single(host.Logs, record => record.Id.Id == 50);
        Assert.Equal(LogLevel.Error, record.Level);
        Assert.Equal("it took longer than 5 s", record.GetStructuredStateValue("Error"));
        release.Set();
    }

    [Fact]
    public async Task AddNotificationObserver_ScopedDependency_IsOfTheReportsOwnScope()
    {
        var written = new List<Database>();
        await using var host = Create(new MockProvider(_time, HttpStatusCode.NoContent), services => services
            .AddScoped<Database>()
            .AddSingleton(written)
            .AddNotificationObserver<Writer>()
            .AddNotificationObserver<Writer>());

        await host.NotifyAsync();
        await host.NotifyAsync();

        Assert.Equal(2, written.Count);
        Assert.NotSame(written[0], written[1]);
        Assert.All(written, database => Assert.True(database.IsDisposed));
    }

    [Fact]
    public void AddNotificationObserver_Null_Throws() =>
        Assert.Throws<ArgumentNullException>(() => default(IServiceCollection)!.AddNotificationObserver<Writer>());

    [Fact]
    public void ToString_Report_TellsNothingOfTheInvitation()
    {
        var report = new NotificationReport
        {
            Invitation = Secrets.Invitation,
            Result = new NotificationResult { Outcome = NotificationOutcome.Delivered },
            Progress = NotificationProgress.Completed,
            Time = _time.GetUtcNow(),
        };

        Assert.DoesNotContain("ygritte", report.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("420777", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("mynetwork", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("Delivered", report.ToString(), StringComparison.Ordinal);
    }

    private NotifierHost Create(
        MockProvider provider, Action<IServiceCollection> register, Action<InvitationNotifierOptions>? configure = null) => NotifierHost.Create(
        options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            options.Retry.MaxRetryAttempts = 0;
            configure?.Invoke(options);
        },
        provider.Handler,
        _time,
        register: register);

    private sealed class Decorator(IInvitationNotifier inner, Action? before = null) : IInvitationNotifier
    {
        public async Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
        {
            before?.Invoke();
            await Task.Yield();
            return await inner.NotifyAsync(invitation with { }, cancellationToken);
        }
    }

    private sealed class BrokenEndpoints : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) =>
            throw new TimeoutException();
    }

    private sealed class ThrowingAtOnce : INotificationObserver
    {
        public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken) =>
            throw new InvalidOperationException(report.Invitation.Invitee);
    }

    private sealed class ThrowingLater : INotificationObserver
    {
        public async ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw new InvalidOperationException(report.Invitation.Invitor);
        }
    }

    private sealed class ThrowingWhenCreated : INotificationObserver
    {
        public ThrowingWhenCreated() => throw new TimeoutException("The database is down.");

        public ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class Database : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Writer(Database database, List<Database> written) : INotificationObserver
    {
        public async ValueTask OnNotifiedAsync(NotificationReport report, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Assert.False(database.IsDisposed);
            written.Add(database);
        }
    }
}
