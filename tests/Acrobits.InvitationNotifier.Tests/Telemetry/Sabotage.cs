using System.Diagnostics;
using System.Diagnostics.Metrics;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Telemetry;

/// <summary>What an application can plug into the telemetry, and it throws.</summary>
internal sealed class Sabotage : IDisposable
{
    private const string Name = "Acrobits.InvitationNotifier";

    private readonly List<IDisposable> _listeners = [];
    private readonly string _part;
    private int _failures;

    public Sabotage(string part)
    {
        _part = part;
        if (part.StartsWith("metric", StringComparison.Ordinal))
        {
            var listener = new MeterListener
            {
                InstrumentPublished = (instrument, listener) =>
                {
                    if (instrument.Meter.Name == Name)
                    {
                        listener.EnableMeasurementEvents(instrument);
                        FailIf("metric published");
                    }
                },
            };
            listener.SetMeasurementEventCallback<long>((_, _, _, _) => FailIf("metric"));
            listener.SetMeasurementEventCallback<int>((_, _, _, _) => FailIf("metric"));
            listener.SetMeasurementEventCallback<double>((_, _, _, _) => FailIf("metric"));
            listener.Start();
            _listeners.Add(listener);
        }
        else if (part.StartsWith("activity", StringComparison.Ordinal))
        {
            var listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == Name,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                {
                    FailIf("activity sample");
                    return ActivitySamplingResult.AllData;
                },
                ActivityStarted = _ => FailIf("activity started"),
                ActivityStopped = _ => FailIf("activity stopped"),
            };
            ActivitySource.AddActivityListener(listener);
            _listeners.Add(listener);
        }
    }

    public static TheoryData<string> Parts =>
    [
        "logging provider", "log", "log enabled", "metric", "metric published", "activity sample", "activity started", "activity stopped",
    ];

    /// <summary>How often something was thrown.</summary>
    public int Failures => Volatile.Read(ref _failures);

    public void Register(IServiceCollection services)
    {
        if (_part == "logging provider")
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Provider(new Logger<object>(this))));
        }
        else if (_part.StartsWith("log", StringComparison.Ordinal))
        {
            services.AddSingleton<ILogger<IInvitationNotifier>>(new Logger<IInvitationNotifier>(this));
            services.AddSingleton<ILogger<IInvitationQueue>>(new Logger<IInvitationQueue>(this));
        }
    }

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());

    private void FailIf(string part)
    {
        if (part == _part)
        {
            Interlocked.Increment(ref _failures);
            throw new InvalidOperationException(Secrets.HeaderValue);
        }
    }

    private sealed class Provider(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith(Name, StringComparison.Ordinal) ? logger : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Dispose()
        {
        }
    }

    private sealed class Logger<T>(Sabotage sabotage) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException();

        public bool IsEnabled(LogLevel logLevel)
        {
            sabotage.FailIf("log enabled");
            sabotage.FailIf("logging provider");
            return true;
        }

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            sabotage.FailIf("log");
            sabotage.FailIf("logging provider");
        }
    }
}
