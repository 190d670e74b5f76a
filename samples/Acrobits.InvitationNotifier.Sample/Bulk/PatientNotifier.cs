using System.Collections.Concurrent;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>
/// Waits while a destination is suspended. A suspended invitation fails at once, so that without waiting a short outage
/// would run the rest of the file through to the failed file.
/// </summary>
/// <param name="notifier">What sends.</param>
/// <param name="patience">How long an invitation waits at most. After that its network is not waited for until it answers.</param>
/// <param name="stop">Ends the waiting.</param>
internal sealed class PatientNotifier(IInvitationNotifier notifier, TimeSpan patience, CancellationToken stop)
    : IInvitationNotifier
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WaitForCapacity = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, bool> _givenUp = [];

    public async Task<NotificationResult> NotifyAsync(Invitation invitation, CancellationToken cancellationToken = default)
    {
        var network = invitation.NetworkId;
        var waited = TimeSpan.Zero;
        while (true)
        {
            var result = await notifier.NotifyAsync(invitation, cancellationToken);
            if (result.StatusCode is not null)
            {
                _givenUp.TryRemove(network, out _);
            }

            if (result.Outcome != NotificationOutcome.Suspended || _givenUp.ContainsKey(network))
            {
                return result;
            }

            // A circuit that is just letting one request through has nothing left to wait for.
            var wait = result.RetryAfter ?? WaitForCapacity;
            wait = wait < ShortestWait ? ShortestWait : wait;
            waited += wait;
            if (waited > patience)
            {
                _givenUp.TryAdd(network, true);
                return result;
            }

            await Task.Delay(wait, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return result;
            }
        }
    }
}
