using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>Prints what the library warns about, and nothing else that it logs.</summary>
internal sealed class WarningPrinter : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Terminal.PrintWarning(formatter(state, exception));
        }
    }

    public void Dispose()
    {
    }
}
