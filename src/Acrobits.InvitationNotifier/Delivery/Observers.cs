using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Reports deliveries to the application's observers, which cannot fail or hold up a delivery.</summary>
internal sealed class Observers(
    IEnumerable<INotificationObserver> observers, TimeProvider time, ILogger<INotificationObserver> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly INotificationObserver[] _observers = [.. observers];

    /// <summary>Whether there are any. Without observers, no report need be made.</summary>
    public bool Any => _observers.Length > 0;

    /// <summary>Reports a delivery, and waits for all observers.</summary>
    /// <param name="invitation">The invitation.</param>
    /// <param name="result">The result; null if there is none.</param>
    /// <param name="delivery">The number of the delivery.</param>
    /// <param name="progress">What follows.</param>
    /// <param name="delay">The delay before the next delivery, if one follows.</param>
    public Task ReportAsync(
        Invitation invitation, NotificationResult? result, int delivery, NotificationProgress progress, TimeSpan? delay = null)
    {
        if (!Any)
        {
            return Task.CompletedTask;
        }

        var now = time.GetUtcNow();
        var report = new NotificationReport
        {
            Invitation = invitation,
            Result = result,
            Delivery = delivery,
            Progress = progress,
            NextDelivery = now + delay,
            Time = now,
        };
        return Task.WhenAll(_observers.Select(observer => TellAsync(observer, report)));
    }

    private async Task TellAsync(INotificationObserver observer, NotificationReport report)
    {
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        timeout.CancelAfter(Limit);

        // On the thread pool, because an observer can block its thread.
        var call = Task.Run(() => observer.OnNotifiedAsync(report, timeout.Token).AsTask(), CancellationToken.None);
        try
        {
            await call.WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            logger.ObserverTimedOut(report, observer, Limit);

            // Nobody waits any longer, so an exception that is still to come would be unobserved.
            _ = call.ContinueWith(
                static late => _ = late.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
        catch (Exception exception)
        {
            logger.ObserverFailed(report, observer, exception);
        }
    }
}
