using System.Globalization;
using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Acrobits.InvitationNotifier.Rebus.Wiring;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rebus.Bus;
using Rebus.Exceptions;
using Rebus.Extensions;
using Rebus.Handlers;
using Rebus.Messages;
using Rebus.Pipeline;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.Rebus.Handling;

/// <summary>
/// Makes one attempt to deliver an invitation. After a transient failure the message is deferred, so that it holds neither a
/// database transaction nor a worker in the meantime. Any other result completes the message, because a redelivery would
/// have the same result.
/// </summary>
internal sealed class InvitationHandler(
    IInvitationNotifier notifier,
    IServiceProvider services,
    RedeliverySchedule schedule,
    DeferralRounding rounding,
    DurableMetrics metrics,
    Observers observers,
    TimeProvider time,
    ILogger<IInvitationQueue> logger) : IHandleMessages<Invitation>
{
    /// <summary>
    /// An item of the transaction context of a bus which belongs to a queue. The application's code is called outside of that
    /// context, where <see cref="IBus"/> is the bus of the application.
    /// </summary>
    public const string CallsOutside = "acrobits-calls-outside";

    // The header that counts the deliveries so far.
    public const string DeliveryCount = "acrobits-delivery-count";

    // Lets a provider finish its response when the bus shuts down, so that it does not receive the invitation twice.
    private static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(2);

    public async Task Handle(Invitation content)
    {
        // The bus of this message. The one that is injected can be another.
        var message = services.GetRequiredService<IBus>().Advanced.TransportMessage;
        var context = MessageContext.Current;
        var shutdown = context.GetCancellationToken();
        var invitation = WithId(content, context.Headers);
        var delivery = Count(context.Headers, DeliveryCount) + 1;
        var redeliveries = Count(context.Headers, Headers.DeferCount);
        using var activity = QueueTracing.StartProcess(invitation, TraceHeaders.System, delivery, TraceHeaders.Read(context.Headers));
        var result = await AttemptAsync(invitation, isRedelivered: redeliveries < schedule.Delays.Count, shutdown).ConfigureAwait(false);

        // Reports come before the message is settled, so that a crash between the two repeats a report rather than loses it.
        if (result is { IsTransient: false })
        {
            activity?.End(NotificationProgress.Completed);
            await ReportAsync(invitation, result, delivery, NotificationProgress.Completed).ConfigureAwait(false);
        }
        else if (schedule.Next(redeliveries, result) is { } next)
        {
            var ended = time.GetTimestamp();
            activity?.End(NotificationProgress.Deferred);
            logger.DeliveryDeferred(invitation, delivery, next.Delay, time.GetUtcNow() + next.Delay);
            metrics.Deferred(invitation);
            await ReportAsync(invitation, result, delivery, NotificationProgress.Deferred, next.Delay).ConfigureAwait(false);

            // The time that observers took is part of the delay, so that the next delivery follows when they were told.
            var left = next.Delay - time.GetElapsedTime(ended);
            await message.Defer((left > TimeSpan.Zero ? left : TimeSpan.Zero) + rounding.Added, CountAs(next.Count, delivery)).ConfigureAwait(false);
        }
        else
        {
            activity?.End(NotificationProgress.GivenUp);
            logger.ScheduleExhausted(invitation, redeliveries + 1);
            metrics.DeadLettered(invitation);
            await ReportAsync(invitation, result, delivery, NotificationProgress.GivenUp).ConfigureAwait(false);
            await message.Deadletter(Reason(result, redeliveries + 1)).ConfigureAwait(false);
        }
    }

    private async Task ReportAsync(
        Invitation invitation, NotificationResult? result, int delivery, NotificationProgress progress, TimeSpan? delay = null)
    {
        using var outside = Outside();
        await observers.ReportAsync(invitation, result, delivery, progress, delay).ConfigureAwait(false);
    }

    // Null if the attempt threw an exception.
    private async Task<NotificationResult?> AttemptAsync(Invitation invitation, bool isRedelivered, CancellationToken shutdown)
    {
        using var outside = Outside();
        using var stopping = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var registration = shutdown.Register(() => stopping.CancelAfter(ShutdownGrace)).ConfigureAwait(false);
        try
        {
            // The shutdown of the bus must not wait for application code that ignores cancellation or blocks its thread.
            return await Task.Run(() => notifier.NotifyOnceAsync(invitation, stopping.Token), stopping.Token)
                .WaitAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Rebus returns the message to the queue. It would count any other exception as a failure and log its message.
            shutdown.ThrowIfCancellationRequested();

            // The application's endpoint provider or configuration failed. Rebus' own immediate retries would be used up before
            // anybody can repair it.
            logger.DeliveryFailed(invitation, exception, isRedelivered);
            return null;
        }
    }

    private static RebusTransactionScopeSuppressor? Outside() =>
        AmbientTransactionContext.Current is { } context && context.Items.ContainsKey(CallsOutside) ? new() : null;

    /// <summary>Identifies an invitation that bypassed the queue by its message, whose id is the same in each delivery.</summary>
    public static Invitation WithId(Invitation message, Dictionary<string, string> headers) =>
        message.Id is null && Guid.TryParse(headers.GetValueOrDefault(Headers.MessageId), out var id)
            ? message with { Id = id.ToString("D") }
            : message;

    private static int Count(Dictionary<string, string> headers, string header) =>
        int.TryParse(headers.GetValueOrDefault(header), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : 0;

    // Rebus increments its own count with each deferral, but not every deferral counts as a redelivery.
    private static Dictionary<string, string> CountAs(int redeliveries, int deliveries) => new()
    {
        [Headers.DeferCount] = (redeliveries - 1).ToString(CultureInfo.InvariantCulture),
        [DeliveryCount] = deliveries.ToString(CultureInfo.InvariantCulture),
    };

    private static string Reason(NotificationResult? result, int deliveries) => string.Create(
        CultureInfo.InvariantCulture,
        $"{deliveries} {(deliveries == 1 ? "delivery" : "deliveries")} failed; the redelivery schedule is exhausted. The last one: {Last(result)}");

    // A notifier that the application has replaced may give no reason.
    private static string Last(NotificationResult? result) => result switch
    {
        null => "The application's own code threw an exception.",
        { Reason: { Length: > 0 } reason } => reason,
        { StatusCode: { } status } => string.Create(CultureInfo.InvariantCulture, $"{result.Outcome}, status {(int)status}."),
        { Outcome: NotificationOutcome.Unreachable, Exception: { } exception } => $"{result.Outcome}, {ErrorType.Of(exception)}.",
        _ => $"{result.Outcome}, no response.",
    };
}
