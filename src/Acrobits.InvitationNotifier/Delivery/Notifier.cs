using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.RateLimiting;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The typed client: takes one invitation through all stages to its result.</summary>
internal sealed class Notifier(
    HttpClient client,
    ActiveConfiguration configuration,
    IInvitationEndpointProvider endpoints,
    DestinationPipelines pipelines,
    NotifierMetrics metrics,
    TimeProvider time,
    ILogger<IInvitationNotifier> logger) : IInvitationNotifier
{
    public Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        NotifyAsync(invitation, once: false, cancellationToken).AsTask();

    public Task<NotificationResult> NotifyOnceAsync(Invitation invitation, CancellationToken cancellationToken = default) =>
        NotifyAsync(invitation, once: true, cancellationToken).AsTask();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<NotificationResult> NotifyAsync(Invitation invitation, bool once, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invitation);
        cancellationToken.ThrowIfCancellationRequested();

        var started = time.GetTimestamp();
        using var activity = Tracing.StartNotification(invitation.NetworkId);
        var current = configuration.Current;
        var endpoint = await endpoints.GetEndpointAsync(invitation.NetworkId, cancellationToken).ConfigureAwait(false);
        var result = endpoint is null
            ? new NotificationResult { Outcome = NotificationOutcome.NotConfigured, Duration = time.GetElapsedTime(started) }
            : await DeliverAsync(invitation, endpoint, current, once, started, cancellationToken).ConfigureAwait(false);

        metrics.NotificationEnded(endpoint is null or { IsForAllNetworks: true } ? null : invitation.NetworkId, result);
        activity?.End(result);
        logger.NotificationEnded(result, invitation.NetworkId, endpoint?.Destination);
        return result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<NotificationResult> DeliverAsync(
        Invitation invitation,
        InvitationEndpoint endpoint,
        CompiledConfiguration current,
        bool once,
        long started,
        CancellationToken cancellationToken)
    {
        foreach (var lookAlike in endpoint.TakeLookAlikes())
        {
            logger.LookAlike(lookAlike.Key, lookAlike.Position, lookAlike.Nearest, invitation.NetworkId);
        }

        if (endpoint.Expand(invitation, out var expanded) is { } problem)
        {
            return new NotificationResult
            {
                Outcome = NotificationOutcome.Unrepresentable,
                Exception = new FormatException(problem),
                Duration = time.GetElapsedTime(started),
            };
        }

        var attempts = new DeliveryAttempts(client, endpoint, expanded, current, once, metrics, time, cancellationToken);
        try
        {
            var outcome = await pipelines.Find(endpoint.Destination, current.Delivery)
                .ExecuteAsync(attempts, cancellationToken).ConfigureAwait(false);

            if (attempts.Last is { IsApplicationsFailure: true, Fault: { } own })
            {
                ExceptionDispatchInfo.Throw(own);
            }

            var duration = time.GetElapsedTime(started);
            return outcome.Exception is { } exception
                ? EndedByPipeline(exception, attempts, duration, cancellationToken)
                : Ended(outcome.Result!, attempts.Count, duration);
        }
        catch (OperationCanceledException)
        {
            logger.Cancelled(invitation.NetworkId, endpoint.Destination);
            throw;
        }
    }

    private static NotificationResult Ended(Attempt last, int attempts, TimeSpan duration) => new()
    {
        Outcome = last switch
        {
            { Status: System.Net.HttpStatusCode.NoContent } => NotificationOutcome.Delivered,
            { Status: not null } => NotificationOutcome.Rejected,
            { IsBlocked: true } => NotificationOutcome.Blocked,
            _ => NotificationOutcome.Unreachable,
        },
        StatusCode = last.Status,
        RetryAfter = last.RetryAfter,
        Exception = last.Fault,
        Attempts = attempts,
        Duration = duration,
    };

    // The caller gave up, the time was over between two attempts, or the pipeline let no (further) attempt through.
    private static NotificationResult EndedByPipeline(
        Exception exception, DeliveryAttempts attempts, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        // Less than nothing where the attempt that probes the destination takes longer than the break.
        var retryAfter = (exception as BrokenCircuitException)?.RetryAfter;
        retryAfter = retryAfter < TimeSpan.Zero ? TimeSpan.Zero : retryAfter;
        if (attempts.Last is { } last)
        {
            return Ended(last with { RetryAfter = last.RetryAfter ?? retryAfter }, attempts.Count, duration);
        }

        var isSuspended = exception is BrokenCircuitException or RateLimiterRejectedException;
        return new NotificationResult
        {
            Outcome = isSuspended ? NotificationOutcome.Suspended : NotificationOutcome.Unreachable,
            RetryAfter = retryAfter,
            Exception = exception,
            Attempts = attempts.Count,
            Duration = duration,
        };
    }
}
