using System.Globalization;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Templates;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Log messages. Event ids are stable. Messages hold the event, the network, the invitation's id and the template's host,
/// never another part of the invitation, of the expanded request or of the response. Of an exception they hold only the type,
/// as in <c>error.type</c>. Each public method logs through <see cref="SafeLogger"/>.
/// </summary>
internal static partial class LogMessages
{
    // A message names only the networks that lost most.
    private const int MaxNetworks = 20;

    public static void NotificationEnded(
        this ILogger logger, NotificationResult result, Invitation invitation, Destination? destination)
    {
        logger = SafeLogger.For(logger);
        var (network, @event, id) = Describe(invitation);
        switch (result.Outcome)
        {
            case NotificationOutcome.Delivered:
                logger.Delivered(network, @event, id, destination, result.Attempts, result.Duration.TotalMilliseconds);
                break;
            case NotificationOutcome.Rejected:
                logger.Rejected(network, @event, id, destination, (int?)result.StatusCode, result.Attempts);
                break;
            case NotificationOutcome.Unreachable:
                logger.Unreachable(network, @event, id, destination, result.ErrorType, result.Reason, result.Attempts);
                break;
            case NotificationOutcome.Blocked:
                logger.Blocked(network, @event, id, destination, (result.Exception as EgressBlockedException)?.Range);
                break;
            case NotificationOutcome.Suspended:
                logger.Suspended(network, @event, id, destination, result.ErrorType, result.Reason);
                break;
            case NotificationOutcome.NotConfigured:
                logger.NotConfigured(network, @event, id);
                break;
            default:
                logger.Unrepresentable(network, @event, id, destination);
                break;
        }
    }

    public static void Cancelled(this ILogger logger, Invitation invitation, Destination destination)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).CancelledByCaller(network, @event, id, destination);
    }

    public static void ConfigurationReloaded(this ILogger logger) => SafeLogger.For(logger).Reloaded();

    public static void ConfigurationInvalid(this ILogger logger, string problems) => SafeLogger.For(logger).Invalid(problems);

    public static void ScheduleExhausted(this ILogger logger, Invitation invitation, int deliveries)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).Exhausted(network, @event, id, deliveries);
    }

    public static void RedeliveryCapacityFull(this ILogger logger, Invitation invitation)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).NoCapacityForRedelivery(network, @event, id);
    }

    public static void DeliveryFailed(this ILogger logger, Invitation invitation, Exception exception, bool isRedelivered)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).ProviderFailed(
            network, @event, id, ExceptionText.Of(exception), isRedelivered ? "The invitation is redelivered on schedule." : "No redelivery follows.");
    }

    public static void DeliveryDeferred(this ILogger logger, Invitation invitation, int delivery, TimeSpan delay, DateTimeOffset next)
    {
        var (network, @event, id) = Describe(invitation);
        SafeLogger.For(logger).Deferred(network, @event, id, delivery, delay, next);
    }

    public static void StoppedUndelivered(this ILogger logger, IReadOnlyCollection<KeyValuePair<string, int>> networks)
    {
        var named = networks.OrderByDescending(network => network.Value).Take(MaxNetworks)
            .Select(network => string.Create(CultureInfo.InvariantCulture, $"{new LogSafeText(network.Key)} ({network.Value})"));
        var others = networks.Count - MaxNetworks;
        SafeLogger.For(logger).Undelivered(
            networks.Sum(network => network.Value),
            string.Join(", ", named) + (others > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {others} more") : ""));
    }

    // What all messages about one invitation begin with.
    private static (LogSafeText NetworkId, string Event, string InvitationId) Describe(Invitation invitation) =>
        (new LogSafeText(invitation.NetworkId), EventTag.Of(invitation), invitation.Id ?? "(no id)");

    [LoggerMessage(1, LogLevel.Debug, "Network {NetworkId}, {Event} invitation {InvitationId}: delivered to {Destination} in {Attempts} attempt(s) and {Milliseconds:0.#} ms.")]
    private static partial void Delivered(this ILogger logger, LogSafeText networkId, string @event, string invitationId, Destination? destination, int attempts, double milliseconds);

    [LoggerMessage(2, LogLevel.Information, "Network {NetworkId}, {Event} invitation {InvitationId}: {Destination} answered {StatusCode} instead of 204 after {Attempts} attempt(s).")]
    private static partial void Rejected(this ILogger logger, LogSafeText networkId, string @event, string invitationId, Destination? destination, int? statusCode, int attempts);

    [LoggerMessage(3, LogLevel.Warning, "Network {NetworkId}, {Event} invitation {InvitationId}: no usable answer from {Destination} after {Attempts} attempt(s): {Error}. {Reason}")]
    private static partial void Unreachable(this ILogger logger, LogSafeText networkId, string @event, string invitationId, Destination? destination, string? error, string? reason, int attempts);

    [LoggerMessage(4, LogLevel.Warning, "Network {NetworkId}, {Event} invitation {InvitationId}: nothing was sent to {Destination}; its address is in {Range}, which the egress policy does not allow. Correct the URL, or add the range to Egress:AllowedRanges.")]
    private static partial void Blocked(this ILogger logger, LogSafeText networkId, string @event, string invitationId, Destination? destination, AddressRange? range);

    [LoggerMessage(5, LogLevel.Warning, "Network {NetworkId}, {Event} invitation {InvitationId}: nothing was sent to {Destination}: {Error}. {Reason}")]
    private static partial void Suspended(this ILogger logger, LogSafeText networkId, string @event, string invitationId, Destination? destination, string? error, string? reason);

    [LoggerMessage(6, LogLevel.Debug, "Network {NetworkId}, {Event} invitation {InvitationId}: the network has no web service for this event.")]
    private static partial void NotConfigured(this ILogger logger, LogSafeText networkId, string @event, string invitationId);

    [LoggerMessage(7, LogLevel.Warning, "Network {NetworkId}, {Event} invitation {InvitationId}: nothing was sent to {Destination}; a value cannot be represented at its place in the template.")]
    private static partial void Unrepresentable(this ILogger logger, LogSafeText networkId, string @event, string invitationId, Destination? destination);

    [LoggerMessage(8, LogLevel.Information, "Network {NetworkId}, {Event} invitation {InvitationId}: the caller cancelled the delivery to {Destination}.")]
    private static partial void CancelledByCaller(this ILogger logger, LogSafeText networkId, string @event, string invitationId, Destination destination);

    [LoggerMessage(20, LogLevel.Information, "The configuration was reloaded.", EventName = nameof(ConfigurationReloaded))]
    private static partial void Reloaded(this ILogger logger);

    [LoggerMessage(21, LogLevel.Error, "The changed configuration is not valid; the last good one stays in force: {Problems}", EventName = nameof(ConfigurationInvalid))]
    private static partial void Invalid(this ILogger logger, string problems);

    [LoggerMessage(30, LogLevel.Warning, "Network {NetworkId}, {Event} invitation {InvitationId}: dropped, because {Deliveries} deliveries failed and the redelivery schedule is exhausted. Earlier events of the network say why.", EventName = nameof(ScheduleExhausted))]
    private static partial void Exhausted(this ILogger logger, LogSafeText networkId, string @event, string invitationId, int deliveries);

    [LoggerMessage(31, LogLevel.Warning, "Network {NetworkId}, {Event} invitation {InvitationId}: dropped after its first delivery failed, because the capacity for redeliveries is full. Raise Capacity and CapacityPerNetwork, or use a durable queue.")]
    private static partial void NoCapacityForRedelivery(this ILogger logger, LogSafeText networkId, string @event, string invitationId);

    [LoggerMessage(32, LogLevel.Warning, "The queue has stopped, and {Count} invitation(s) were dropped undelivered: {Networks}.")]
    private static partial void Undelivered(this ILogger logger, int count, string networks);

    [LoggerMessage(33, LogLevel.Error, "Network {NetworkId}, {Event} invitation {InvitationId}: the application's endpoint provider, HTTP handlers or configuration threw an exception during a delivery: {Error}. {Next}")]
    private static partial void ProviderFailed(this ILogger logger, LogSafeText networkId, string @event, string invitationId, string error, string next);

    [LoggerMessage(34, LogLevel.Information, "Network {NetworkId}, {Event} invitation {InvitationId}: delivery {Delivery} failed and is deferred; the next one follows in {Delay}, at {NextDelivery:u}.")]
    private static partial void Deferred(this ILogger logger, LogSafeText networkId, string @event, string invitationId, int delivery, TimeSpan delay, DateTimeOffset nextDelivery);
}
