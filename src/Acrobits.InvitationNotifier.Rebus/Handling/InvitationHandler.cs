using System.Globalization;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;
using Rebus.Bus;
using Rebus.Exceptions;
using Rebus.Extensions;
using Rebus.Handlers;
using Rebus.Messages;
using Rebus.Pipeline;

namespace Acrobits.InvitationNotifier.Rebus.Handling;

/// <summary>
/// Makes one attempt to deliver an invitation. What could succeed later is deferred, so that no database transaction and no
/// worker is held meanwhile; what cannot is complete, because the web service ignores any answer but success.
/// </summary>
internal sealed class InvitationHandler(
    IInvitationNotifier notifier,
    IBus bus,
    RedeliverySchedule schedule,
    DurableMetrics metrics,
    TimeProvider time,
    ILogger<IInvitationQueue> logger) : IHandleMessages<Invitation>
{
    // A provider that is just answering while the bus shuts down need not hear of the invitation twice.
    private static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(2);

    // PostgreSQL's transport counts deferrals in whole seconds and cuts off what is left, which would make each one too short.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    public async Task Handle(Invitation message)
    {
        var context = MessageContext.Current;
        var shutdown = context.GetCancellationToken();
        var result = await AttemptAsync(WithId(message, context.Headers), shutdown).ConfigureAwait(false);
        if (result is { IsTransient: false })
        {
            return;
        }

        var redeliveries = CountRedeliveries(context.Headers);
        if (schedule.Next(redeliveries, result) is { } next)
        {
            logger.DeliveryDeferred(message.NetworkId, redeliveries + 1, next.Delay);
            metrics.Deferred();
            await bus.Advanced.TransportMessage.Defer(next.Delay + Rounding, CountAs(next.Count)).ConfigureAwait(false);
        }
        else
        {
            logger.GivenUp(message.NetworkId, redeliveries + 1);
            metrics.DeadLettered();
            await bus.Advanced.TransportMessage.Deadletter(Reason(result, redeliveries + 1)).ConfigureAwait(false);
        }
    }

    // Null where the attempt ended in an exception.
    private async Task<NotificationResult?> AttemptAsync(Invitation invitation, CancellationToken shutdown)
    {
        using var stopping = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var registration = shutdown.Register(() => stopping.CancelAfter(ShutdownGrace)).ConfigureAwait(false);
        try
        {
            // The bus, and the host with it, does not wait for an application's own part in the delivery that never ends, be
            // it that it blocks its thread.
            return await Task.Run(() => notifier.NotifyOnceAsync(invitation, stopping.Token), stopping.Token)
                .WaitAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Rebus leaves the message where it is. Any other exception it would count, and log with all that it says.
            shutdown.ThrowIfCancellationRequested();

            // The application's endpoint provider or its configuration failed, which somebody will mend. Left to Rebus, it
            // would use up all its tries within moments.
            logger.DeliveryFailed(invitation.NetworkId, exception);
            return null;
        }
    }

    // An invitation that was sent without the queue has no id of its own, and shall have the same one in each delivery.
    private static Invitation WithId(Invitation message, Dictionary<string, string> headers) =>
        message.Id is null && Guid.TryParse(headers.GetValueOrDefault(Headers.MessageId), out var id)
            ? message with { Id = id.ToString("D") }
            : message;

    private static int CountRedeliveries(Dictionary<string, string> headers) =>
        int.TryParse(headers.GetValueOrDefault(Headers.DeferCount), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : 0;

    // Rebus adds one to the count that it finds, and not every deferral is to count.
    private static Dictionary<string, string> CountAs(int redeliveries) =>
        new() { [Headers.DeferCount] = (redeliveries - 1).ToString(CultureInfo.InvariantCulture) };

    private static string Reason(NotificationResult? result, int deliveries) => string.Create(
        CultureInfo.InvariantCulture, $"Failed deliveries: {deliveries}; the schedule is used up. The last outcome: {Outcome(result)}.");

    private static string Outcome(NotificationResult? result) => result switch
    {
        null => "an exception of the application itself",
        { StatusCode: { } status } => string.Create(CultureInfo.InvariantCulture, $"{result.Outcome}, status {(int)status}"),
        { Outcome: NotificationOutcome.Unreachable, Exception: { } exception } =>
            $"{result.Outcome}, {SemanticConventions.ErrorTypeOf(exception)}",
        _ => $"{result.Outcome}, no answer",
    };
}
