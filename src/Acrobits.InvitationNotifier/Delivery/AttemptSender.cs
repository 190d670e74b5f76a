using System.Net;
using System.Runtime.CompilerServices;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Telemetry;
using Polly;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Sends one request and returns its result.</summary>
internal sealed class AttemptSender(HttpClient client, EgressGuard guard, NotifierMetrics metrics)
{
    /// <summary>
    /// Sends a request. Only the caller's cancellation and failures of the application's handlers are returned as
    /// exceptions.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<Attempt>> SendAsync(DeliveryRun run, CancellationToken cancellationToken)
    {
        run.StartAttempt();
        using var request = new ProviderRequest(run.Expanded.Method, run.Expanded.Uri) { Profile = run.Connections };
        if (request.Profile.Tls is not null)
        {
            guard.RequiresProfiles = true;
        }

        if (guard.RequiresProfiles)
        {
            request.KeepProfileInCopies();
        }

        run.WebService.Fill(request, run.Expanded, run.RequestDefaults, run.Time);
        using var activity = Tracing.StartRequest(request.Method, run.WebService.Url.Destination, resendCount: run.Attempts - 1);
        metrics.RequestStarted();
        Attempt attempt;
        try
        {
            // The body is not read, because only the status matters. Disposing drains at most a few KiB of it.
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            attempt = Answered(response, run);
        }
        catch (OperationCanceledException exception) when (run.CancellationToken.IsCancellationRequested)
        {
            return Outcome.FromException<Attempt>(exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            attempt = new Attempt { Failure = TimedOut() };
        }
        catch (Exception exception)
        {
            // An exception of the primary handler is the provider's failure; one of the application's handlers is not.
            if (ConnectionHandler.FindProvidersFailure(request, exception) is not { } failure)
            {
                run.Last = null;
                return Outcome.FromException<Attempt>(exception);
            }

            attempt = new Attempt { Failure = Failure.Of(failure) };
        }
        finally
        {
            metrics.RequestEnded();
        }

        activity?.EndRequest(attempt.Status, attempt.Failure?.ErrorType);
        run.Last = attempt;
        return Outcome.FromResult(attempt);
    }

    private static Failure TimedOut() => Failure.Of(new TimeoutException("The provider did not answer in time."));

    private static Attempt Answered(HttpResponseMessage response, DeliveryRun run)
    {
        var status = response.StatusCode;
        return status == HttpStatusCode.NoContent ? Attempt.Delivered : new Attempt
        {
            Status = status,
            RetryAfter = NotificationResult.IsTransientStatus(status) ? RetryAfterHeader.Read(response, run.Time.GetUtcNow()) : null,
        };
    }
}
