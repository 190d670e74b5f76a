using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Worker.Cli;
using Acrobits.InvitationNotifier.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Acrobits.InvitationNotifier.Worker.Commands;

/// <summary>A process that delivers, until it is told to stop.</summary>
internal sealed class RunCommand : Command, IHasNotes
{
    private readonly ConfigOption _config;

    public RunCommand(ConfigOption config)
        : base("run", "Delivers what is in the queue until it is told to stop. The default.")
    {
        _config = config;
        SetAction(RunAsync);
    }

    public string Notes =>
        """
        Ctrl+C and SIGTERM stop it within seconds: nothing more is taken from the queue, and what a provider does not
        answer in time stays there. A process that is killed loses nothing either; a provider may then see again what was
        under way, at most Worker:MaxParallelism invitations.

        Examples:
          run
          run --config /etc/invitations/appsettings.json
          Worker__MaxParallelism=20 ConnectionStrings__Postgres='Host=db;Database=invitations' run

        Exit codes:
          0    stopped as it was told to
          1    wrong usage or settings, no database at start

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddWorker(parsed.GetValue(_config));
        var worker = WorkerOptions.Read(builder.Configuration);

        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        builder.Services.AddWorkerBus(worker);
        if (worker.StopWithInput)
        {
            builder.Services.AddHostedService<StopWithInput>();
        }

        using var host = builder.Build();
        await host.RunAsync(cancellationToken);
        return ExitCode.Success;
    }
}
