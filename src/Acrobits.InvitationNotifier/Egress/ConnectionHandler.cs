using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>
/// Wraps the primary handler, below all handlers of the application. Chooses the connections of the request's profile, guards
/// against silent resends, and records which failures came from the primary handler.
/// </summary>
internal sealed class ConnectionHandler(HttpMessageHandler primary, ProfiledHandlers? profiles, EgressGuard guard)
    : HttpMessageHandler
{
    // Failures of requests that are not a ProviderRequest because a handler of the application copied the request.
    private static readonly ConditionalWeakTable<Exception, object?> FailuresOfCopies = [];

    private readonly HttpMessageInvoker _primary = new(primary);

    /// <summary>
    /// Returns the exception of the primary handler that an exception is or wraps, which is a failure of the provider. Returns
    /// null for an exception of the application's own handlers.
    /// </summary>
    public static Exception? FindProvidersFailure(HttpRequestMessage request, Exception exception)
    {
        var response = (request as ProviderRequest)?.LastResponse;
        if (response is { IsCompletedSuccessfully: true, Result: null })
        {
            // The application replaced the primary handler, and its handler returned null.
            return exception;
        }

        var failure = response is { IsCompleted: true, IsCompletedSuccessfully: false } ? ExceptionOf(response) : null;
        return Find(exception);

        Exception? Find(Exception? thrown) => thrown switch
        {
            null => null,
            _ when thrown == failure || FailuresOfCopies.TryGetValue(thrown, out _) => thrown,

            // A canceled task creates a new exception for each await.
            OperationCanceledException when response is { IsCanceled: true } => thrown,
            AggregateException { InnerExceptions: var inner } => inner.Select(Find).FirstOrDefault(found => found is not null),
            _ => Find(thrown.InnerException),
        };
    }

    // Not async, because that would allocate for each request.
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is not ProviderRequest own)
        {
            return SendCopyAsync(request, cancellationToken);
        }

        var invoker = Choose(own.Profile);
        ResendGuard.Begin(own);
        try
        {
            return own.LastResponse = invoker.SendAsync(own, cancellationToken);
        }
        catch (Exception exception)
        {
            return own.LastResponse = Task.FromException<HttpResponseMessage>(exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _primary.Dispose();
            profiles?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static Exception ExceptionOf(Task response)
    {
        try
        {
            response.GetAwaiter().GetResult();
            throw new InvalidOperationException("The request has not failed.");
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private async Task<HttpResponseMessage> SendCopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var profile = ProviderRequest.ProfileOf(request);
        if (profile is null && profiles is not null && guard.RequiresProfiles)
        {
            throw new InvalidOperationException(
                "A message handler sent a copy of a request without its options, which choose the certificates of the network. Copy HttpRequestMessage.Options too.");
        }

        var invoker = Choose(profile);
        ResendGuard.Begin(request);
        try
        {
            return await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            FailuresOfCopies.AddOrUpdate(exception, null);
            throw;
        }
    }

    private HttpMessageInvoker Choose(ConnectionProfile? profile) =>
        profiles is null ? _primary : profiles.Find(profile ?? guard.Current);
}
