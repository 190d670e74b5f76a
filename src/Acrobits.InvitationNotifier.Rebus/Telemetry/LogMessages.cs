using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Rebus.Telemetry;

/// <summary>
/// Log messages. Event ids are stable. Messages hold the network, never another part of the invitation, and of an exception
/// only the type.
/// </summary>
internal static partial class LogMessages
{
    public static void DeliveryDeferred(this ILogger logger, string networkId, int delivery, TimeSpan delay) =>
        SafeLogger.For(logger).Deferred(new LogSafeText(networkId), delivery, delay);

    public static void ScheduleExhausted(this ILogger logger, string networkId, int deliveries) =>
        SafeLogger.For(logger).DeadLettered(new LogSafeText(networkId), deliveries);

    public static void DeliveryFailed(this ILogger logger, string networkId, Exception exception) =>
        SafeLogger.For(logger).ProviderFailed(new LogSafeText(networkId), ExceptionText.Of(exception));

    [LoggerMessage(40, LogLevel.Debug, "Network {NetworkId}: delivery {Delivery} failed and is deferred; the next one follows in {Delay}.")]
    private static partial void Deferred(this ILogger logger, LogSafeText networkId, int delivery, TimeSpan delay);

    [LoggerMessage(41, LogLevel.Warning, "Network {NetworkId}: an invitation moves to the error queue, because {Deliveries} deliveries failed and the redelivery schedule is exhausted. Earlier events of the network say why.")]
    private static partial void DeadLettered(this ILogger logger, LogSafeText networkId, int deliveries);

    [LoggerMessage(42, LogLevel.Error, "Network {NetworkId}: the application's endpoint provider, HTTP handlers or configuration threw an exception during a delivery: {Error}. The invitation is redelivered on schedule.")]
    private static partial void ProviderFailed(this ILogger logger, LogSafeText networkId, string error);
}
