using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
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
    RedeliverySchedule schedule, ILogger<IInvitationQueue> logger, CancellationToken shutdown) : IRetryStrategy, IRetryStep
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
            Fail(message, context.Load<TransportMessage>().Headers, exception);
        }

        transaction.SetResult(commit: true, ack: true);
    }

    private void Fail(QueueMessage message, Dictionary<string, string> headers, Exception exception)
    {
        if (exception is IFailFastException)
        {
            logger.MessageIsDead(message.Id, exception.Message);
            Bury(message, exception.Message);
        }
        else if (headers.GetValueOrDefault(Headers.Type)?.StartsWith(InvitationTypes, StringComparison.Ordinal) != true)
        {
            const string Foreign = "The message is not an invitation.";
            logger.MessageIsDead(message.Id, Foreign);
            Bury(message, Foreign);
        }
        else if (schedule.Next(message.Redeliveries, result: null) is { } next)
        {
            logger.HandlingFailed(message.Id, exception, next.Delay);
            message.Defer(next.Delay, next.Count);
        }
        else
        {
            var reason = $"The redelivery schedule is exhausted. The last time, the application itself failed: {exception.GetType().Name}.";
            logger.MessageIsDead(message.Id, reason);
            Bury(message, reason);
        }
    }

    // PostgreSQL stores no NUL.
    private static void Bury(QueueMessage message, string reason) => message.Bury(reason.Replace('\0', '\uFFFD'));
}
