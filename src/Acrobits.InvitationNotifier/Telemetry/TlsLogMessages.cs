using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>Log messages about the certificates of networks. Event ids are stable.</summary>
internal static partial class TlsLogMessages
{
    public static void TlsFilesRenewed(this ILogger logger, string? networkId) => SafeLogger.For(logger).FilesRenewed(Name(networkId));

    public static void TlsFilesInvalid(this ILogger logger, string? networkId, string problems) =>
        SafeLogger.For(logger).FilesInvalid(Name(networkId), problems);

    private static LogSafeText Name(string? networkId) => new(networkId ?? "(default)");

    [LoggerMessage(26, LogLevel.Information, "Network {NetworkId}: the files of Tls have changed, and the new ones are in use.", EventName = nameof(TlsFilesRenewed))]
    private static partial void FilesRenewed(this ILogger logger, LogSafeText networkId);

    [LoggerMessage(27, LogLevel.Warning, "Network {NetworkId}: the files of Tls have changed and cannot be used; the last good ones stay in use: {Problems}", EventName = nameof(TlsFilesInvalid))]
    private static partial void FilesInvalid(this ILogger logger, LogSafeText networkId, string problems);
}
