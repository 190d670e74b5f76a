using Acrobits.InvitationNotifier.Tool.Cli;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Worker;

/// <summary>The application that all commands share.</summary>
internal static class WorkerHost
{
    public static IHost Build(FileInfo? config, bool deliver)
    {
        if (config is { Exists: false })
        {
            throw new CommandException($"There is no file {config.FullName}.");
        }

        var builder = Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration
            .AddJsonFile(config?.FullName ?? Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: false, reloadOnChange: true)
            .AddEnvironmentVariables();
        if (deliver)
        {
            builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole();
            builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        }

        builder.Services.AddPostgreSqlInvitationQueue(ConnectionString(builder.Configuration), options =>
        {
            builder.Configuration.GetSection("Queue").Bind(options);
            options.Deliver = deliver;
            options.WaitForDatabase = deliver;
            if (builder.Configuration.GetSection("Redelivery").Get<TimeSpan[]>() is { } delays)
            {
                options.Redelivery = new RedeliverySchedule(delays);
            }
        });
        return builder.Build();
    }

    public static string ConnectionString(IConfiguration configuration) => configuration.GetConnectionString("Postgres")
        ?? throw new CommandException("ConnectionStrings:Postgres is missing.");
}
