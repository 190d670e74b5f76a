using System.Net;
using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Templates;
using Polly;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>The attempts to deliver one invitation: sends them and remembers how the last one ended.</summary>
internal sealed class DeliveryAttempts(
    HttpClient client,
    InvitationEndpoint endpoint,
    ExpandedInvitation expanded,
    CompiledConfiguration current,
    bool once,
    NotifierMetrics metrics,
    TimeProvider time,
    CancellationToken callerCancellation)
{
    private long _started;

    /// <summary>Whether the first attempt is final, and the wait for a slot a short one.</summary>
    public bool Once => once;

    public int Count { get; private set; }

    /// <summary>How the last attempt ended; null before the first.</summary>
    public Attempt? Last { get; private set; }

    /// <summary>Sends one request. Only the caller's cancellation is an exception.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<Attempt>> SendAsync(CancellationToken cancellationToken)
    {
        if (Count++ == 0)
        {
            _started = time.GetTimestamp();
        }

        using var request = endpoint.CreateRequest(expanded, current.RequestDefaults);
        request.Profile = current.Connections;
        using var activity = Tracing.StartRequest(request.Method, endpoint.Destination, resendCount: Count - 1);
        metrics.RequestStarted();
        try
        {
            // The body is not read: the status says all. Disposing drains what the handler allows, a few KiB.
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            Last = Answered(response);
        }
        catch (OperationCanceledException exception) when (callerCancellation.IsCancellationRequested)
        {
            return Outcome.FromException<Attempt>(exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Last = Failed(new TimeoutException("The provider did not answer in time."));
        }
        catch (Exception exception)
        {
            // Whatever a provider makes the client throw, it is that provider's failure and no one else's. What a handler of the
            // application throws is not.
            if (ConnectionHandler.FindProvidersFailure(request, exception) is not { } failure)
            {
                Last = new Attempt(Status: null, exception, RetryAfter: null, IsFinal: true) { IsApplicationsFailure = true };
                return Outcome.FromException<Attempt>(exception);
            }

            Last = Failed(Failure.Of(failure).Exception);
        }
        finally
        {
            metrics.RequestEnded();
        }

        activity?.EndRequest(Last.Status, Last.Fault);
        return Outcome.FromResult(Last);
    }

    private Attempt Answered(HttpResponseMessage response)
    {
        var status = response.StatusCode;
        if (status == HttpStatusCode.NoContent)
        {
            return Attempt.Delivered;
        }

        if (!RetryRules.IsTransient(status))
        {
            return new Attempt(status, Fault: null, RetryAfter: null, IsFinal: true);
        }

        var retryAfter = RetryRules.ReadRetryAfter(response, time.GetUtcNow());
        return new Attempt(status, Fault: null, retryAfter, IsFinal: !CanRepeat(retryAfter));
    }

    private Attempt Failed(Exception fault)
    {
        var attempt = new Attempt(Status: null, fault, RetryAfter: null, IsFinal: !CanRepeat(retryAfter: null));
        return attempt with { IsFinal = attempt.IsFinal || attempt.IsBlocked };
    }

    // Whether there is time left for another attempt after the delay; waiting for nothing helps nobody.
    private bool CanRepeat(TimeSpan? retryAfter)
    {
        var settings = current.Delivery;
        if (once || retryAfter > settings.MaxDelay)
        {
            return false;
        }

        var delay = RetryRules.Backoff(settings.Delay, settings.MaxDelay, Count - 1);
        delay = retryAfter > delay ? retryAfter.Value : delay;
        return delay < settings.TotalTimeout - time.GetElapsedTime(_started);
    }
}
