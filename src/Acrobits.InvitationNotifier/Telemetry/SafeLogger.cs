using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>A logger that never throws, so that an application's logging provider cannot fail a delivery.</summary>
internal sealed class SafeLogger : ILogger
{
    // Each message needs a wrapper, so it is cached for the lifetime of the logger.
    private static readonly ConditionalWeakTable<ILogger, SafeLogger> Loggers = [];

    private readonly ILogger _logger;

    private SafeLogger(ILogger logger) => _logger = logger;

    public static SafeLogger For(ILogger logger) => Loggers.GetValue(logger, static logger => new SafeLogger(logger));

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return _logger.IsEnabled(logLevel);
        }
        catch (Exception exception)
        {
            // One of several providers failed; the others may want the message.
            TelemetryFailures.Report("log", exception);
            return true;
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception failure)
        {
            TelemetryFailures.Report("log", failure);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return _logger.BeginScope(state);
        }
        catch (Exception exception)
        {
            TelemetryFailures.Report("log", exception);
            return null;
        }
    }
}
