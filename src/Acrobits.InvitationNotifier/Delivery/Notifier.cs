using System.Globalization;
using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Endpoints;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The typed HTTP client. Takes one invitation from the look-up of its endpoint to its result.</summary>
internal sealed class Notifier(
    HttpClient client,
    SettingsProvider configuration,
    IInvitationEndpointProvider endpoints,
    EndpointWarnings warnings,
    TlsRenewal renewal,
    EgressGuard guard,
    WebServiceStates states,
    DeliveryStrategies strategies,
    NotifierMetrics metrics,
    Observers observers,
    TimeProvider time,
    ILogger<IInvitationNotifier> logger) : IInvitationNotifier
{
    private readonly Deliverer _deliverer = new(new AttemptSender(client, guard, metrics), states, strategies);

    public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        observers.Any && !ScheduledDelivery.IsCurrent
            ? NotifyAndReportAsync(invitation, cancellationToken)
            : NotifyAsync(invitation, once: false, cancellationToken).AsTask();

    public Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        NotifyAsync(invitation, once: true, cancellationToken).AsTask();

    private async Task<NotificationResult> NotifyAndReportAsync(Invitation invitation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invitation);

        // The provider and the observers get the same id.
        invitation = invitation.WithId();
        NotificationResult? result = null;
        try
        {
            result = await NotifyAsync(invitation, once: false, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            // A caller that cancels knows what became of its call. Any other exception is the application's own.
            if (result is not null || !cancellationToken.IsCancellationRequested)
            {
                await observers.ReportAsync(invitation, result, delivery: 1, NotificationProgress.Completed).ConfigureAwait(false);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<NotificationResult> NotifyAsync(Invitation invitation, bool once, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        cancellationToken.ThrowIfCancellationRequested();

        var started = time.GetTimestamp();
        using var activity = Tracing.StartNotification(invitation);
        try
        {
            var current = configuration.Current;
            var endpoint = await endpoints.GetEndpointAsync(invitation.NetworkId, cancellationToken).ConfigureAwait(false);
            var webService = endpoint?.WebServiceOf(invitation.Event);
            if (webService is { SendsId: true })
            {
                // The log and the provider get the same id.
                invitation = invitation.WithId();
            }

            var result = webService is null
                ? NotConfigured(time.GetElapsedTime(started))
                : await DeliverAsync(invitation, endpoint!, webService, current, once, started, cancellationToken).ConfigureAwait(false);

            metrics.NotificationEnded(invitation, hasOwnEndpoint: endpoint is { IsForAllNetworks: false }, result);
            activity?.End(result);
            logger.NotificationEnded(result, invitation, webService?.Url.Destination);
            return result;
        }
        catch (Exception exception)
        {
            activity?.SetError(ErrorType.Of(exception));
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<NotificationResult> DeliverAsync(
        Invitation invitation,
        InvitationEndpoint endpoint,
        WebService webService,
        CompiledConfiguration current,
        bool once,
        long started,
        CancellationToken cancellationToken)
    {
        warnings.LogOnce(endpoint, invitation.NetworkId);
        renewal.RenewIfDue(endpoint, invitation.NetworkId);
        if (webService.Expand(invitation, out var expanded) is { } problem)
        {
            return Unrepresentable(problem, time.GetElapsedTime(started));
        }

        var run = new DeliveryRun(invitation, endpoint, expanded, current, once, time, cancellationToken);
        try
        {
            var last = await _deliverer.DeliverAsync(run).ConfigureAwait(false);
            return Ended(last, run.Attempts, time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            logger.Cancelled(invitation, webService.Url.Destination);
            throw;
        }
    }

    private static NotificationResult NotConfigured(TimeSpan duration) => new()
    {
        Outcome = NotificationOutcome.NotConfigured,
        Reason = "The network has no web service for this event.",
        Duration = duration,
    };

    private static NotificationResult Unrepresentable(string problem, TimeSpan duration) => new()
    {
        Outcome = NotificationOutcome.Unrepresentable,
        Reason = problem,
        Exception = new FormatException(problem),
        ErrorType = nameof(FormatException),
        Duration = duration,
    };

    private static NotificationResult Ended(Attempt last, int attempts, TimeSpan duration)
    {
        var (outcome, reason, errorType, exception) = Describe(last);
        return new NotificationResult
        {
            Outcome = outcome,
            StatusCode = last.Status,
            Attempts = attempts,
            Duration = duration,
            RetryAfter = last.RetryAfter,
            Reason = reason,
            ErrorType = errorType,
            Exception = exception,
            IsLimited = last.Suspension is Suspension.ConcurrencyLimit or Suspension.RateLimit,
        };
    }

    private static (NotificationOutcome, string Reason, string? ErrorType, Exception?) Describe(Attempt last) => last switch
    {
        { Status: System.Net.HttpStatusCode.NoContent } =>
            (NotificationOutcome.Delivered, "The provider confirmed the invitation with 204.", null, null),
        { Status: { } status } => (
            NotificationOutcome.Rejected,
            string.Create(CultureInfo.InvariantCulture, $"The provider answered {(int)status} instead of 204."),
            null,
            null),
        { Suspension: { } suspension } => DescribeSuspension(suspension, last.RetryAfter),
        { Failure: { } failure } => (
            last.IsBlocked ? NotificationOutcome.Blocked : NotificationOutcome.Unreachable,
            failure.Reason,
            failure.ErrorType,
            failure.Exception),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static (NotificationOutcome, string, string, Exception) DescribeSuspension(Suspension suspension, TimeSpan? left)
    {
        var (errorType, reason) = suspension switch
        {
            Suspension.CircuitOpen => ("circuit_open", $"Too many attempts failed; nothing is sent for another {left:c}."),
            Suspension.Paused => ("paused", $"The provider asked for a pause with Retry-After; nothing is sent for another {left:c}."),
            Suspension.RateLimit => ("rate_limit", $"The destination is at its rate limit, and was not free in time; the next request is possible in {left:c}."),
            _ => ("concurrency_limit", "The destination is at its concurrency limit, and no slot became free in time."),
        };
        return (NotificationOutcome.Suspended, reason, errorType, new InvalidOperationException(reason));
    }
}
