using Acrobits.InvitationNotifier.Tool.Cli;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Worker.Hosting;

/// <summary>Where settings come from: one file, and before it the environment.</summary>
internal static class WorkerConfiguration
{
    public static IConfigurationRoot Build(FileInfo? file) => new ConfigurationBuilder().AddWorker(file).Build();

    /// <summary>The settings, in place of what a host would read: files are not laid over each other.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static IConfigurationBuilder AddWorker(this IConfigurationBuilder builder, FileInfo? file)
    {
        if (file is { Exists: false })
        {
            throw new CommandException($"There is no file {file.FullName}.");
        }

        builder.Sources.Clear();
        return builder
            .AddJsonFile(
                file?.FullName ?? Path.Combine(AppContext.BaseDirectory, "appsettings.json"),
                optional: false,
                reloadOnChange: true)
            .AddEnvironmentVariables();
    }
}
