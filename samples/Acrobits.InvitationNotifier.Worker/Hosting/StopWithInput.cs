using Microsoft.Extensions.Hosting;

namespace Acrobits.InvitationNotifier.Worker.Hosting;

/// <summary>Stops the host when standard input ends: a process then never outlives the one that holds the other end.</summary>
internal sealed class StopWithInput(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is read there is of no interest. The console's own stream cannot be cancelled; hence a thread of its own,
        // which ends with the process.
        await Task.Factory.StartNew(
            () => Console.OpenStandardInput().CopyTo(Stream.Null),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).WaitAsync(stoppingToken);
        lifetime.StopApplication();
    }
}
