using System.CommandLine;
using Acrobits.InvitationNotifier.Sample.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Sample.Commands;

/// <summary>Validates a configuration file as an application would at its start.</summary>
internal sealed class CheckCommand : Command, IHasNotes
{
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "A JSON configuration file." };

    public CheckCommand()
        : base("check", $"Validates the section {ConfigurationFile.SectionName} of a configuration file.")
    {
        Arguments.Add(_file);
        SetAction(RunAsync);
    }

    public string Notes =>
        """
        Examples:
          check appsettings.json

        Exit codes:
          0  valid
          1  not valid, or not readable; every problem is printed

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(_file);
        ServiceCollection services = new();
        services.AddLogging(logging => logging.AddProvider(new WarningPrinter()));
        services.AddInvitationNotifier(ConfigurationFile.ReadSection(file));
        await using var container = EndpointArguments.Build(services);

        // The first use of an endpoint is when the library warns of what is valid and yet looks like a mistake.
        var endpoints = container.GetRequiredService<IInvitationEndpointProvider>();
        await endpoints.GetEndpointAsync("", cancellationToken);

        var options = container.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;
        Console.WriteLine($"{Printable.Line(file.Name)} is valid.");
        PrintService("all other networks", options.InvitationCreatedUrl, options.InvitationCreatedPostData);
        foreach (var (network, service) in options.Networks)
        {
            PrintService(network, service.InvitationCreatedUrl, service.InvitationCreatedPostData);
        }

        return ExitCode.Success;
    }

    // Neither URL nor headers are shown: they may hold keys, and the output of a check ends up in build logs.
    private static void PrintService(string network, string? url, string? postData)
    {
        var service = string.IsNullOrWhiteSpace(url) ? "no web service"
            : string.IsNullOrWhiteSpace(postData) ? "GET"
            : "POST";
        Console.WriteLine($"  {Printable.Line(network)}: {service}");
    }
}
