using System.CommandLine;
using Acrobits.InvitationNotifier.Worker.Hosting;

namespace Acrobits.InvitationNotifier.Worker.Cli;

/// <summary>Where the settings are; all commands have it.</summary>
internal sealed class ConfigOption : Option<FileInfo?>
{
    public ConfigOption()
        : base("--config")
    {
        HelpName = "FILE";
        Description = "The settings. Environment variables go before them, as in Worker__MaxParallelism=20. " +
            "[default: appsettings.json beside the program]";
        Recursive = true;
    }

    /// <summary>The worker's settings, where no host reads them.</summary>
    public WorkerOptions ReadWorker(ParseResult parsed) => WorkerOptions.Read(WorkerConfiguration.Build(parsed.GetValue(this)));
}
