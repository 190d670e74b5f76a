using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>Reads an example as an application reads its configuration file.</summary>
internal static class ExampleConfiguration
{
    private const string Section = "InvitationNotifier";

    /// <summary>What is wrong with it: not JSON, not valid, or with a warning in the log.</summary>
    public static async Task<IReadOnlyList<string>> FindProblemsAsync(string json)
    {
        IConfigurationRoot configuration;
        try
        {
            configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidDataException)
        {
            return [exception.Message];
        }

        if (!configuration.GetSection(Section).Exists())
        {
            return [$"There is no section {Section}."];
        }

        var services = new ServiceCollection().AddLogging(logging => logging.AddFakeLogging());
        services.AddInvitationNotifier(configuration.GetSection(Section));
        await using var provider = services.BuildServiceProvider();
        try
        {
            _ = provider.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;

            // Compiled templates are looked at for mistakes when they are first used.
            await provider.GetRequiredService<IInvitationEndpointProvider>().GetEndpointAsync("any", CancellationToken.None);
        }
        catch (OptionsValidationException exception)
        {
            // The certificates of an example are not on this machine.
            return [.. exception.Failures.Where(failure => !failure.Contains(": the file does not exist.", StringComparison.Ordinal))];
        }

        return
        [
            .. provider.GetFakeLogCollector().GetSnapshot()
                .Where(record => record.Level >= LogLevel.Warning).Select(record => record.Message),
        ];
    }
}
