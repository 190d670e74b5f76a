using System.Globalization;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Telemetry;

/// <summary>
/// Log messages about observers of the application. Event ids are stable. Of an exception they hold only the type, because its
/// message can hold personal data.
/// </summary>
internal static partial class ObserverLogMessages
{
    public static void ObserverFailed(this ILogger logger, NotificationReport report, INotificationObserver observer, Exception exception) =>
        logger.ObserverFailed(report, observer, ExceptionText.Of(exception));

    public static void ObserverTimedOut(this ILogger logger, NotificationReport report, INotificationObserver observer, TimeSpan limit) =>
        logger.ObserverFailed(report, observer, string.Create(CultureInfo.InvariantCulture, $"it took longer than {limit.TotalSeconds:0} s"));

    private static void ObserverFailed(this ILogger logger, NotificationReport report, INotificationObserver observer, string error) =>
        SafeLogger.For(logger).ObserverFailed(
            new LogSafeText(report.Invitation.NetworkId),
            EventTag.Of(report.Invitation),
            report.Invitation.Id ?? "(no id)",
            NameOf(observer),
            report.Delivery,
            error);

    // AddNotificationObserver wraps the observer of the application.
    private static string NameOf(INotificationObserver observer) => observer.GetType() is { IsGenericType: true, Name: "ScopedObserver`1" } wrapper
        ? wrapper.GenericTypeArguments[0].Name
        : observer.GetType().Name;

    [LoggerMessage(50, LogLevel.Error, "Network {NetworkId}, {Event} invitation {InvitationId}: the observer {Observer} of the application failed at the report of delivery {Delivery}: {Error}. The delivery and other observers continue.")]
    private static partial void ObserverFailed(this ILogger logger, LogSafeText networkId, string @event, string invitationId, string observer, int delivery, string error);
}
