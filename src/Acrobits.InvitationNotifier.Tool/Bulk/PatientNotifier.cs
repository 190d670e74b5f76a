using System.Collections.Concurrent;

namespace Acrobits.InvitationNotifier.Tool.Bulk;

/// <summary>
/// Waits while a web service is suspended. A suspended invitation fails at once: without waiting, a short outage would
/// send the rest of the file to the failed file.
/// </summary>
/// <param name="notifier">The notifier that sends.</param>
/// <param name="patience">
/// The longest time an invitation waits. After it, the invitations of this network do not wait until its provider answers.
/// </param>
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

            // No time is left while the circuit waits for the result of its one trial request.
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
