using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Collects the library's warnings of text that looks like a placeholder.</summary>
internal sealed class LookAlikeLog : ILoggerProvider, ILogger
{
    // The event ids of the library are stable.
    private const int LooksLikePlaceholder = 22;

    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Warnings => _warnings;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id == LooksLikePlaceholder && state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            string? Value(string name) => Convert.ToString(
                values.FirstOrDefault(value => value.Key == name).Value, CultureInfo.InvariantCulture);

            _warnings.Add(
                $"{Value("Key")}, character {Value("Position")}: looks like a placeholder but is not one, so it is sent as is. " +
                $"The nearest placeholder is {Value("Nearest")}.");
        }
    }

    public void Dispose()
    {
    }
}
