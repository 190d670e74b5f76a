using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>
/// Writes down all that leaves the process for an operator's eyes: logs of every category at every level, metrics of
/// every meter, activities of every source, diagnostic events, and tasks that nobody looked after.
/// </summary>
internal sealed class Surveillance : ILoggerProvider, ISupportExternalScope, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters;
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private IExternalScopeProvider? _scopes;

    public Surveillance()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity => Write("activity", activity.OperationName),
            ActivityStopped = activity => Write("activity", Describe(activity)),
        };
        ActivitySource.AddActivityListener(_activities);

        _meters = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        _meters.SetMeasurementEventCallback<double>(Measured);
        _meters.SetMeasurementEventCallback<long>(Measured);
        _meters.SetMeasurementEventCallback<int>(Measured);
        _meters.Start();

        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        TaskScheduler.UnobservedTaskException += OnUnobserved;
    }

    public IReadOnlyCollection<string> Seen => _seen;

    /// <summary>Lets background work end and come to light.</summary>
    public void Settle()
    {
        _meters.RecordObservableInstruments();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    public void Write(string kind, string text) => _seen.Enqueue($"{kind}: {text}");

    public ILogger CreateLogger(string categoryName) => new Notebook(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        _activities.Dispose();
        _meters.Dispose();
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value) => _subscriptions.Add(value.Subscribe(this));

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value) =>
        Write("diagnostic", $"{value.Key} {value.Value}");

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    /// <summary>An exception as the most talkative of loggers would show it.</summary>
    public static string Describe(Exception? exception)
    {
        var text = new System.Text.StringBuilder(exception?.ToString());
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            text.Append(inner.Message).Append(inner.Source).Append(inner.HelpLink);
            foreach (DictionaryEntry entry in inner.Data)
            {
                text.Append(entry.Key).Append(entry.Value);
            }

            foreach (var property in inner.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
            {
                text.Append(property.GetValue(inner) is var value and not Exception ? $" {property.Name}={value}" : "");
            }
        }

        return text.ToString();
    }

    private static string Describe(Activity activity) => string.Join(' ', [
        activity.Source.Name, activity.OperationName, activity.DisplayName, activity.StatusDescription, activity.TraceStateString,
        .. activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
        .. activity.Baggage.Select(tag => $"{tag.Key}={tag.Value}"),
        .. activity.Events.Select(one => $"{one.Name} {string.Join(' ', one.Tags.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        .. activity.Links.SelectMany(link => link.Tags ?? []).Select(tag => $"{tag.Key}={tag.Value}"),
    ]);

    private void Measured<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var text = $"{instrument.Meter.Name} {instrument.Name} {measurement}";
        foreach (var tag in tags)
        {
            text += $" {tag.Key}={tag.Value}";
        }

        Write("metric", text);
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs arguments) =>
        Write("unobserved", Describe(arguments.Exception));

    private sealed class Notebook(Surveillance surveillance, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            surveillance.Write("scope", $"{category} {Describe(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            surveillance.Write("log", $"{category} {eventId} {formatter(state, exception)} {Describe(state)} {Surveillance.Describe(exception)}");
            surveillance._scopes?.ForEachScope((scope, seen) => seen.Write("scope", $"{category} {Describe(scope)}"), surveillance);
        }

        private static string Describe(object? state) => state is IEnumerable<KeyValuePair<string, object?>> pairs
            ? $"{state} {string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"))}"
            : $"{state}";
    }
}

/// <summary>What the framework itself tells its own event sources.</summary>
internal sealed class FrameworkEvents : EventListener
{
    private readonly ConcurrentQueue<string>? _seen = new();

    public IEnumerable<string> Seen => _seen!;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name.Contains("System.Net", StringComparison.Ordinal))
        {
            EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
        _seen?.Enqueue($"{eventData.EventSource.Name}/{eventData.EventName}: {string.Join(' ', eventData.Payload ?? (IReadOnlyList<object?>)[])}");
}
