using System.Diagnostics.Metrics;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

public sealed class TelemetryTests
{
    private readonly InMemoryBus _bus = new();

    [Fact]
    public async Task Handle_DeferredAndDeadLettered_AreCounted()
    {
        await using var host = await _bus.StartAsync(
            new FakeNotifier(NotificationOutcome.Unreachable), new RedeliverySchedule(TimeSpan.FromSeconds(5)));
        using var deferrals = Collect(host, "acrobits.invitation_notifier.durable.deferrals");
        using var deadLetters = Collect(host, "acrobits.invitation_notifier.durable.dead_letters");

        await host.EnqueueAsync(Samples.Invitation);
        await _bus.UntilDeferredAsync();
        Assert.Equal((1, 0), (deferrals.GetMeasurementSnapshot().Count, deadLetters.GetMeasurementSnapshot().Count));
        _bus.Time.Advance(TimeSpan.FromSeconds(6));
        await _bus.UntilFailedAsync();

        Assert.Equal(1, Assert.Single(deferrals.GetMeasurementSnapshot()).Value);
        Assert.Equal(1, Assert.Single(deadLetters.GetMeasurementSnapshot()).Value);
        Assert.Equal("created", deadLetters.LastMeasurement!.Tags["acrobits.invitation_notifier.event"]);
    }

    [Fact]
    public async Task Logs_NetworkWithLineBreaks_ForgeNoLine()
    {
        var calls = 0;
        await using var host = await _bus.StartAsync(
            new FakeNotifier((_, _) => Interlocked.Increment(ref calls) == 1
                ? throw new InvalidOperationException()
                : Task.FromResult(new NotificationResult { Outcome = NotificationOutcome.Unreachable })),
            new RedeliverySchedule(TimeSpan.FromSeconds(5)));

        await host.EnqueueAsync(new Invitation("1", "2", "one\nother\u2028line"));
        await _bus.UntilDeferredAsync();
        _bus.Time.Advance(TimeSpan.FromSeconds(6));
        await _bus.UntilFailedAsync();

        var own = host.Logs.Where(record => record.Id.Id >= 40).ToArray();
        Assert.Equal([42, 40, 41], own.Select(record => record.Id.Id));
        Assert.All(own, record => Assert.StartsWith("Network one\uFFFDother\uFFFDline, created invitation ", record.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs, record => record.Message.Contains("one\nother", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handle_LoggerAndMeterListenerThrow_IsDeferredAndDeadLetteredAllTheSame()
    {
        var notifier = new FakeNotifier(NotificationOutcome.Unreachable);
        await using var host = await _bus.StartAsync(
            services => services.AddSingleton<IInvitationNotifier>(notifier).AddSingleton<ILogger<IInvitationQueue>>(new ThrowingLogger()),
            new RedeliverySchedule(TimeSpan.FromSeconds(5)));
        var factory = host.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == factory)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException());
        listener.Start();

        await host.EnqueueAsync(Samples.Invitation);
        await _bus.UntilDeferredAsync();
        _bus.Time.Advance(TimeSpan.FromSeconds(6));
        await _bus.UntilFailedAsync();

        // What Rebus catches, it would try again at once.
        Assert.Equal(2, notifier.Invitations.Count);
        Assert.Contains("2 deliveries failed; the redelivery schedule is exhausted.", _bus.Failed[0].Headers[Headers.ErrorDetails], StringComparison.Ordinal);
    }

    private static MetricCollector<long> Collect(BusHost host, string instrument) =>
        new(host.Services.GetRequiredService<IMeterFactory>(), "Acrobits.InvitationNotifier", instrument);

    private sealed class ThrowingLogger : ILogger<IInvitationQueue>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException();

        public bool IsEnabled(LogLevel logLevel) => throw new InvalidOperationException();

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException();
    }
}
