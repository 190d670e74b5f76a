using System.Net;
using System.Runtime.CompilerServices;
using Polly;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>
/// Delivers one invitation and defines the order of the steps: circuit of the web service, limits of the destination,
/// circuit again, request, and then the next attempt.
/// </summary>
internal sealed class Deliverer(AttemptSender sender, WebServiceStates states, DeliveryStrategies strategies)
{
    private readonly Func<ResilienceContext, DeliveryRun, ValueTask<Outcome<Attempt>>> _send =
        (context, run) => sender.SendAsync(run, context.CancellationToken);

    /// <summary>Makes attempts until one is final, and returns that one.</summary>
    /// <exception cref="OperationCanceledException">The caller canceled the delivery.</exception>
    /// <exception cref="Exception">A handler of the application threw it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Attempt> DeliverAsync(DeliveryRun run)
    {
        var state = states.Enter(run);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, run.CancellationToken);
        try
        {
            var first = await AttemptAsync(run, state, context).ConfigureAwait(false);
            first.ThrowIfException();
            return first.Result is { RetryDelay: null } final
                ? final
                : await RepeatAsync(first, run, state, context).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
            state.Leave(run.Settings);
        }
    }

    // Nearly all invitations end with their first attempt, so only the others pay for the total timeout and the retry
    // strategy. The strategy gets the result of the first attempt as if it had made that attempt.
    private async ValueTask<Attempt> RepeatAsync(
        Outcome<Attempt> first, DeliveryRun run, WebServiceState state, ResilienceContext context)
    {
        var isFirst = true;
        var outcome = await strategies.RepeatAsync(
            run.TimeLeft,
            context =>
            {
                var isKnown = isFirst;
                isFirst = false;
                return isKnown ? new(first) : AttemptAsync(run, state, context);
            },
            context).ConfigureAwait(false);

        run.CancellationToken.ThrowIfCancellationRequested();
        if (outcome.Exception is not Polly.Timeout.TimeoutRejectedException || run.Last is null)
        {
            outcome.ThrowIfException();
        }

        // The total timeout ended a delay, or the web service is suspended now. The last response is more informative, but
        // RetryAfter is the rest of the suspension: what the response asked for has passed.
        return outcome.Result is { Suspension: null } last
            ? last
            : run.Last! with { RetryAfter = outcome.Result?.RetryAfter ?? run.Last.RetryAfter };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<Attempt>> AttemptAsync(DeliveryRun run, WebServiceState state, ResilienceContext context)
    {
        var (circuit, limits, share) = (state.Circuit, state.Limits, state.Share);
        if (circuit.Suspension is { } suspension)
        {
            return Suspended(run, suspension.Reason, suspension.Left);
        }

        try
        {
            if (await limits.EnterAsync(share, run, context.CancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return Suspended(run, refusal.Limit, refusal.Left);
            }
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.FromException<Attempt>(exception);
        }

        var isSent = false;
        try
        {
            // The circuit may have opened during the wait.
            if (circuit.TryEnter(run.Settings, out var isProbe) is { } left)
            {
                return Suspended(run, left.Reason, left.Left);
            }

            isSent = true;
            return await SendAsync(run, circuit, isProbe, context).ConfigureAwait(false);
        }
        finally
        {
            limits.Leave(share, isSent);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<Attempt>> SendAsync(DeliveryRun run, Circuit circuit, bool isProbe, ResilienceContext context)
    {
        bool? failed = null;
        try
        {
            var outcome = await strategies.AttemptTimeout(run.Settings)
                .ExecuteOutcomeAsync(_send, context, run).ConfigureAwait(false);
            if (outcome.Result is not { } attempt)
            {
                return outcome;
            }

            failed = attempt.CountsAsFailure(isProbe);
            if (attempt is { Status: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable, RetryAfter: { } pause })
            {
                circuit.PauseFor(pause);
            }

            return RetryPolicy.NextDelay(attempt, run) is { } delay ? Outcome.FromResult(attempt with { RetryDelay = delay }) : outcome;
        }
        finally
        {
            circuit.Leave(run.Settings, isProbe, failed);
        }
    }

    private static Outcome<Attempt> Suspended(DeliveryRun run, Suspension reason, TimeSpan? left) => Outcome.FromResult(new Attempt
    {
        Suspension = reason,
        RetryAfter = left,
        RetryDelay = RetryPolicy.NextDelay(reason, left, run),
    });
}
