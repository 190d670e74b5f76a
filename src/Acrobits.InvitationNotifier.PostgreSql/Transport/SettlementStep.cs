using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Acrobits.InvitationNotifier.Rebus.Handling;
using Acrobits.InvitationNotifier.Rebus.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rebus.Exceptions;
using Rebus.Messages;
using Rebus.Pipeline;
using Rebus.Retry;
using Rebus.Retry.FailFast;
using Rebus.Retry.Simple;
using Rebus.Transport;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Decides what becomes of a message once it was handled. A message that cannot be read is dead at once. An unexpected
/// exception, such as one of the application's container, follows the schedule of redeliveries: it says nothing about the
/// invitation, and Rebus' own few tries would be over before anybody can repair the cause.
/// </summary>
internal sealed class SettlementStep(
    RedeliverySchedule schedule,
    DurableMetrics metrics,
    IServiceProvider services,
    ILogger<IInvitationQueue> logger,
    CancellationToken shutdown) : IRetryStrategy, IRetryStep
{
    private const string InvitationTypes = "acrobits.invitation.";

    public IRetryStep GetRetryStep() => this;

    public async Task Process(IncomingStepContext context, Func<Task> next)
    {
        var transaction = context.Load<ITransactionContext>();
        var message = QueueTransport.MessageOf(transaction)!;
        try
        {
            await next().ConfigureAwait(false);
            if (context.Load<ManualDeadletterCommand>() is { } deadLetter)
            {
                Bury(message, deadLetter.Exception.Message);
            }
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            transaction.SetResult(commit: false, ack: false);
            return;
        }
        catch (Exception exception)
        {
            await FailAsync(message, context, exception).ConfigureAwait(false);
        }

        transaction.SetResult(commit: true, ack: true);
    }

    private async Task FailAsync(QueueMessage message, IncomingStepContext context, Exception exception)
    {
        var headers = context.Load<TransportMessage>().Headers;
        var invitation = context.Load<Message>()?.Body is Invitation content ? InvitationHandler.WithId(content, headers) : null;
        var unreadable = exception is IFailFastException ? exception.Message
            : headers.GetValueOrDefault(Headers.Type)?.StartsWith(InvitationTypes, StringComparison.Ordinal) != true ? "The message is not an invitation."
            : null;
        var next = unreadable is null ? schedule.Next(message.Redeliveries, result: null) : null;
        if (next is { } redelivery)
        {
            logger.HandlingFailed(message.Id, exception, redelivery.Delay);
            metrics.Deferred(invitation);
            message.Defer(redelivery.Delay, redelivery.Count);
        }
        else
        {
            var reason = unreadable
                ?? $"The redelivery schedule is exhausted. The last time, the application itself failed: {exception.GetType().Name}.";
            logger.MessageIsDead(message.Id, reason);
            metrics.DeadLettered(invitation);
            Bury(message, reason);
        }

        if (invitation is not null)
        {
            await ReportAsync(invitation, message.Deliveries + 1, next?.Delay).ConfigureAwait(false);
        }
    }

    private async Task ReportAsync(Invitation invitation, int delivery, TimeSpan? delay)
    {
        using RebusTransactionScopeSuppressor outside = new();
        try
        {
            await services.GetRequiredService<Observers>()
                .ReportAsync(invitation, result: null, delivery, delay is null ? NotificationProgress.GivenUp : NotificationProgress.Deferred, delay)
                .ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The container cannot create the observers either, which is in the log.
        }
    }

    // PostgreSQL stores no NUL.
    private static void Bury(QueueMessage message, string reason) => message.Bury(reason.Replace('\0', '\uFFFD'));
}
