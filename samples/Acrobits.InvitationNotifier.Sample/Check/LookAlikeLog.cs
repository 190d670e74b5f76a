using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>Keeps what the library warns of when it first uses a template: text that looks like a placeholder.</summary>
internal sealed class LookAlikeLog : ILoggerProvider, ILogger
{
    // Stable, as all event ids of the library.
    private const int LooksLikePlaceholder = 22;

    private readonly List<(string? Network, string Warning)> _found = [];

    /// <summary>The warnings, by network as the library logs it.</summary>
    public ILookup<string?, string> Warnings => _found.ToLookup(found => found.Network, found => found.Warning);

    /// <summary>A network as the library logs it.</summary>
    public static string NameOf(string? networkId) => networkId is null
        ? "(default)"
        : string.Concat(networkId.Select(character => char.IsControl(character) ? '\uFFFD' : character));

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

            _found.Add((
                Value("NetworkId"),
                $"{Value("Key")}, character {Value("Position")}: looks like a placeholder and is none, so it is sent as it " +
                $"stands. The nearest one is {Value("Nearest")}."));
        }
    }

    public void Dispose()
    {
    }
}
