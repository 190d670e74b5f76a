using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Rebus.Telemetry;

/// <summary>
/// Log messages. Event ids are stable. Messages hold the event, the network and the invitation's id, never another part of the invitation, and of an exception
/// only the type.
/// </summary>
internal static partial class LogMessages
{
    public static void DeliveryDeferred(this ILogger logger, Invitation invitation, int delivery, TimeSpan delay, DateTimeOffset next)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).Deferred(network, @event, id, delivery, delay, next);
    }

    public static void ScheduleExhausted(this ILogger logger, Invitation invitation, int deliveries)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).DeadLettered(network, @event, id, deliveries);
    }

    public static void DeliveryFailed(this ILogger logger, Invitation invitation, Exception exception, bool isRedelivered)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).ProviderFailed(
            network, @event, id, ExceptionText.Of(exception), isRedelivered ? "The invitation is redelivered on schedule." : "No redelivery follows.");
    }

    // What all messages about one invitation begin with.
    private static (LogSafeText NetworkId, string Event, string InvitationId) Describe(Invitation invitation) =>
        (new LogSafeText(invitation.NetworkId), EventTag.Of(invitation), invitation.Id ?? "(no id)");

    [LoggerMessage(40, LogLevel.Information, "Network {NetworkId}, {Event} invitation {InvitationId}: delivery {Delivery} failed and is deferred; the next one follows in {Delay}, at {NextDelivery:u}.")]
    private static partial void Deferred(this ILogger logger, LogSafeText networkId, string @event, string invitationId, int delivery, TimeSpan delay, DateTimeOffset nextDelivery);

    [LoggerMessage(41, LogLevel.Warning, "Network {NetworkId}, {Event} invitation {InvitationId}: is a dead letter, because {Deliveries} deliveries failed and the redelivery schedule is exhausted. Earlier events of the network say why.")]
    private static partial void DeadLettered(this ILogger logger, LogSafeText networkId, string @event, string invitationId, int deliveries);

    [LoggerMessage(42, LogLevel.Error, "Network {NetworkId}, {Event} invitation {InvitationId}: the application's endpoint provider, HTTP handlers or configuration threw an exception during a delivery: {Error}. {Next}")]
    private static partial void ProviderFailed(this ILogger logger, LogSafeText networkId, string @event, string invitationId, string error, string next);
}
