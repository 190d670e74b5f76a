using Acrobits.InvitationNotifier.PostgreSql.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.PostgreSql.Transport;

/// <summary>
/// Runs a loop of the queue until the process stops. An exception that the loop does not expect is logged, and the loop starts
/// again: nobody else awaits it, so the queue would stand still in silence.
/// </summary>
internal static class BackgroundLoop
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="loop">The loop. It ends when the token is cancelled.</param>
    /// <param name="logger">The logger.</param>
    /// <param name="stop">Is cancelled when the process stops.</param>
    public static async Task RunAsync(Func<Task> loop, ILogger logger, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await loop().ConfigureAwait(false);
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
            {
                logger.LoopFailed(exception);
                await Task.Delay(Pause, stop).ConfigureAwait(false);
            }
        }
    }
}
