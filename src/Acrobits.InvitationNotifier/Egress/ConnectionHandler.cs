using System.Runtime.CompilerServices;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>
/// Stands around the primary handler, below all handlers that the application adds: marks each pass of a request, chooses the
/// connections of its profile, and knows afterwards which failures came from there.
/// </summary>
internal sealed class ConnectionHandler(HttpMessageHandler primary, ProfiledHandlers? profiles, EgressGuard guard)
    : HttpMessageHandler
{
    // Failures of requests that are no ProviderRequest: a handler of the application made a copy.
    private static readonly ConditionalWeakTable<Exception, object?> FailuresOfCopies = [];

    private readonly HttpMessageInvoker _primary = new(primary);

    /// <summary>
    /// Finds the failure of the primary handler that an exception passes on or wraps: the provider's failure. Null for an
    /// exception of the application's own handlers.
    /// </summary>
    public static Exception? FindProvidersFailure(HttpRequestMessage request, Exception exception)
    {
        var pass = (request as ProviderRequest)?.LastPass;
        if (pass is { IsCompletedSuccessfully: true, Result: null })
        {
            // A replaced primary handler that returns nothing.
            return exception;
        }

        var failure = pass is { IsCompleted: true, IsCompletedSuccessfully: false } ? ExceptionOf(pass) : null;
        return Find(exception);

        Exception? Find(Exception? thrown) => thrown switch
        {
            null => null,
            _ when thrown == failure || FailuresOfCopies.TryGetValue(thrown, out _) => thrown,

            // A task that was cancelled without an exception makes a new one for everybody who awaits it.
            OperationCanceledException when pass is { IsCanceled: true } => thrown,
            AggregateException { InnerExceptions: var inner } => inner.Select(Find).FirstOrDefault(found => found is not null),
            _ => Find(thrown.InnerException),
        };
    }

    // Asynchronous methods of its own would allocate for each request.
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is not ProviderRequest own)
        {
            return SendCopyAsync(request, cancellationToken);
        }

        var invoker = Choose(own.Profile);
        Pass.Begin(own);
        try
        {
            return own.LastPass = invoker.SendAsync(own, cancellationToken);
        }
        catch (Exception exception)
        {
            return own.LastPass = Task.FromException<HttpResponseMessage>(exception);
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

    private static Exception ExceptionOf(Task pass)
    {
        try
        {
            pass.GetAwaiter().GetResult();
            throw new InvalidOperationException("The pass has not failed.");
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private async Task<HttpResponseMessage> SendCopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var invoker = Choose(profile: null);
        Pass.Begin(request);
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
