using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>What is logged of single networks in the configuration. Event ids are stable.</summary>
internal static partial class ConfigurationLogMessages
{
    private const int MaxNetworks = 20;

    public static void NetworksMended(this ILogger logger, IReadOnlyList<string> networkIds)
    {
        var others = networkIds.Count - MaxNetworks;
        var named = string.Join(", ", networkIds.Take(MaxNetworks).Select(networkId => new Printable(networkId).ToString()));
        SafeLogger.For(logger).NetworksValidAgain(others > 0 ? $"{named} and {others} more" : named);
    }

    public static void DiffersInCase(this ILogger logger, string networkId, string configuredId) =>
        SafeLogger.For(logger).NetworkIdDiffersInCase(new Printable(networkId), new Printable(configuredId));

    public static void NetworksInvalid(this ILogger logger, string problems) => SafeLogger.For(logger).SomeInvalid(problems);

    // The same event as for the whole configuration: what watches for one has to see the other.
    [LoggerMessage(21, LogLevel.Error, "The changed configuration is not valid for some networks; each of them keeps its last good settings, or gets nothing if it has none: {Problems}", EventName = nameof(LogMessages.ConfigurationInvalid))]
    private static partial void SomeInvalid(this ILogger logger, string problems);

    [LoggerMessage(23, LogLevel.Information, "The settings of these networks are valid again and in force: {Networks}.")]
    private static partial void NetworksValidAgain(this ILogger logger, string networks);

    [LoggerMessage(24, LogLevel.Warning, "Network {NetworkId}: gets nothing, not even from the default endpoint, because its id differs in case alone from {ConfiguredId}, which is configured. Use the same id in both places.")]
    private static partial void NetworkIdDiffersInCase(this ILogger logger, Printable networkId, Printable configuredId);
}
