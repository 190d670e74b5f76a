using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>Log messages about single networks in the configuration, and about its probable mistakes. Event ids are stable.</summary>
internal static partial class ConfigurationLogMessages
{
    private const int MaxNetworks = 20;

    public static void NetworksRecovered(this ILogger logger, IReadOnlyList<string> networkIds)
    {
        var others = networkIds.Count - MaxNetworks;
        var named = string.Join(", ", networkIds.Take(MaxNetworks).Select(networkId => new LogSafeText(networkId).ToString()));
        SafeLogger.For(logger).NetworksValidAgain(others > 0 ? $"{named} and {others} more" : named);
    }

    public static void ProbableMistake(this ILogger logger, string? networkId, string warning) =>
        SafeLogger.For(logger).ProbablyAMistake(new LogSafeText(networkId ?? "(default)"), new LogSafeText(warning));

    public static void MoreMistakes(this ILogger logger, int count) => SafeLogger.For(logger).MoreProbableMistakes(count);

    public static void NoWebService(this ILogger logger) => SafeLogger.For(logger).NothingConfigured();

    public static void PrimaryHandlerReplaced(this ILogger logger, string type) => SafeLogger.For(logger).HandlerReplaced(type);

    public static void DiffersInCase(this ILogger logger, string networkId, string configuredId) =>
        SafeLogger.For(logger).NetworkIdDiffersInCase(new LogSafeText(networkId), new LogSafeText(configuredId));

    public static void NetworksInvalid(this ILogger logger, string problems) => SafeLogger.For(logger).SomeInvalid(problems);

    // The same event as for the whole configuration, so that an alert on one also sees the other.
    [LoggerMessage(21, LogLevel.Error, "The changed configuration is not valid for some networks; each of them keeps its last good settings, or is not notified if it has none: {Problems}", EventName = nameof(LogMessages.ConfigurationInvalid))]
    private static partial void SomeInvalid(this ILogger logger, string problems);

    [LoggerMessage(22, LogLevel.Warning, "Network {NetworkId}: {Warning}", EventName = nameof(ProbableMistake))]
    private static partial void ProbablyAMistake(this ILogger logger, LogSafeText networkId, LogSafeText warning);

    [LoggerMessage(25, LogLevel.Warning, "{Count} more warnings of the configuration are not logged. `invitation-notifier check FILE` lists them.", EventName = nameof(MoreMistakes))]
    private static partial void MoreProbableMistakes(this ILogger logger, int count);

    [LoggerMessage(29, LogLevel.Warning, "No web service is configured, so nothing is sent to anyone. Set InvitationCreatedUrl or InvitationAcceptedUrl, for all networks or in Networks.", EventName = nameof(NoWebService))]
    private static partial void NothingConfigured(this ILogger logger);

    [LoggerMessage(19, LogLevel.Warning, "The application replaced the primary HTTP handler by {Handler}, so the egress rules and the TLS rules of the notifier do not apply: providers can make this server connect to internal addresses. If that is intended, set Egress:ReplacedHandlerIsIntended.", EventName = nameof(PrimaryHandlerReplaced))]
    private static partial void HandlerReplaced(this ILogger logger, string handler);

    [LoggerMessage(23, LogLevel.Information, "The settings of these networks are valid again and in force: {Networks}.")]
    private static partial void NetworksValidAgain(this ILogger logger, string networks);

    [LoggerMessage(24, LogLevel.Warning, "Network {NetworkId}: not notified, not even by the default endpoint, because its id differs only in case from the configured id {ConfiguredId}. Use the same id in both places.")]
    private static partial void NetworkIdDiffersInCase(this ILogger logger, LogSafeText networkId, LogSafeText configuredId);
}
