using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Rebus.Telemetry;

/// <summary>
/// What is logged, with stable event ids. Messages name the network, never a part of the invitation; of an exception its
/// kind alone.
/// </summary>
internal static partial class LogMessages
{
    public static void DeliveryDeferred(this ILogger logger, string networkId, int delivery, TimeSpan delay) =>
        SafeLogger.For(logger).Deferred(new Printable(networkId), delivery, delay);

    public static void GivenUp(this ILogger logger, string networkId, int deliveries) =>
        SafeLogger.For(logger).DeadLettered(new Printable(networkId), deliveries);

    public static void DeliveryFailed(this ILogger logger, string networkId, Exception exception) =>
        SafeLogger.For(logger).ProviderFailed(new Printable(networkId), ExceptionText.Of(exception));

    [LoggerMessage(40, LogLevel.Debug, "Network {NetworkId}: delivery {Delivery} failed for now; the next one follows in {Delay}.")]
    private static partial void Deferred(this ILogger logger, Printable networkId, int delivery, TimeSpan delay);

    [LoggerMessage(41, LogLevel.Warning, "Network {NetworkId}: an invitation goes to the error queue; its {Deliveries} deliveries have failed, and the schedule is used up.")]
    private static partial void DeadLettered(this ILogger logger, Printable networkId, int deliveries);

    [LoggerMessage(42, LogLevel.Error, "Network {NetworkId}: a delivery ended in an exception of the application's own endpoint provider or configuration, and is tried again later: {Error}.")]
    private static partial void ProviderFailed(this ILogger logger, Printable networkId, string error);
}
