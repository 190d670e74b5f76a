using System.CommandLine;
using System.CommandLine.Parsing;
using Acrobits.InvitationNotifier.Tool.Check;
using Acrobits.InvitationNotifier.Tool.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>The options for a web service, or for a configuration file that has all of them.</summary>
internal sealed class EndpointArguments
{
    private readonly Option<string?> _url = new("--url")
    {
        HelpName = "URL",
        Description = "The web service. Its path and query can contain %invitee%, %invitor% and %network_id%.",
    };

    private readonly Option<string?> _postData = new("--post-data")
    {
        HelpName = "TEMPLATE",
        Description = "The body of a POST request, with the same placeholders. Without it, the request is a GET.",
    };

    private readonly Option<string?> _contentType = new("--content-type")
    {
        HelpName = "TYPE",
        Description =
            "The format of the body: application/x-www-form-urlencoded (default), application/json or application/xml.",
    };

    private readonly Option<string[]> _headers = new("--header")
    {
        HelpName = "NAME: VALUE",
        Description = "Adds a header to the request. Repeatable.",
    };

    private readonly Option<string?> _userAgent = new("--user-agent")
    {
        HelpName = "TEXT",
        Description = $"The User-Agent of the request. [default: {new InvitationNotifierOptions().UserAgent}]",
    };

    private readonly Option<string[]> _allowedRanges = new("--allow-range")
    {
        HelpName = "CIDR",
        Description = "Allows addresses that are not public, such as 127.0.0.0/8. Repeatable.",
    };

    private readonly Option<FileInfo?> _config = new("--config")
    {
        HelpName = "FILE",
        Description = $"Reads all settings from the section {ConfigurationFile.SectionName} of a JSON file instead.",
    };

    public EndpointArguments() => _headers.Validators.Add(CheckHeaders);

    public void AddTo(Command command)
    {
        foreach (var option in EndpointOptions)
        {
            command.Options.Add(option);
        }

        command.Options.Add(_config);
        command.Validators.Add(CheckCombination);
    }

    /// <summary>Registers the notifier with these settings.</summary>
    /// <param name="services">The services.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="invitationEvent">The event of the web service that the options describe.</param>
    public IHttpClientBuilder AddNotifier(IServiceCollection services, ParseResult parsed, InvitationEvent invitationEvent) =>
        parsed.GetValue(_config) is { } file
            ? services.AddInvitationNotifier(ConfigurationFile.ReadSection(file))
            : services.AddInvitationNotifier(options => Apply(options, parsed, invitationEvent));

    /// <summary>Builds the container and validates the configuration.</summary>
    /// <exception cref="OptionsValidationException">The configuration is not valid. The exception lists every problem.</exception>
    public static ServiceProvider Build(IServiceCollection services)
    {
        var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;
        return provider;
    }

    /// <summary>Prints what looks like a mistake in the configuration of web services.</summary>
    public static async Task PrintWarningsAsync(
        IAnsiConsole console, IServiceProvider container, IReadOnlyList<Service> services, CancellationToken cancellationToken)
    {
        var options = container.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;
        var findings = await Finding.CreateOfflineAsync(options, services, cancellationToken);

        // Both web services of a network can be on one host, of which there is one warning.
        foreach (var warning in findings.SelectMany(finding => finding.Warnings).Distinct())
        {
            console.PrintWarning(warning);
        }
    }

    /// <summary>
    /// Finds the web services that a network has for an event, or for any event if it is null. If it has none, the result has one
    /// without an endpoint.
    /// </summary>
    public static IReadOnlyList<Service> FindServices(IServiceProvider container, string networkId, InvitationEvent? invitationEvent)
    {
        var services = Service.Of(container.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value, networkId);
        return invitationEvent is null
            ? services
            : [.. services.Where(service => service.Event == invitationEvent || service.SimilarId is not null)];
    }

    private IEnumerable<Option> EndpointOptions =>
        [_url, _postData, _contentType, _headers, _userAgent, _allowedRanges];

    private void Apply(InvitationNotifierOptions options, ParseResult parsed, InvitationEvent invitationEvent)
    {
        new EventSettings(invitationEvent, parsed.GetValue(_url), parsed.GetValue(_postData), parsed.GetValue(_contentType))
            .ApplyTo(options);
        options.UserAgent = parsed.GetValue(_userAgent) ?? options.UserAgent;
        foreach (var header in parsed.GetValue(_headers) ?? [])
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            options.Headers[header[..colon].Trim()] = header[(colon + 1)..].Trim();
        }

        foreach (var range in parsed.GetValue(_allowedRanges) ?? [])
        {
            options.Egress.AllowedRanges.Add(range);
        }
    }

    private void CheckCombination(CommandResult result)
    {
        var hasConfig = result.GetResult(_config) is not null;
        if (!hasConfig && result.GetResult(_url) is null)
        {
            result.AddError("Specify the web service with --url URL or --config FILE.");
        }

        if (hasConfig && EndpointOptions.FirstOrDefault(option => result.GetResult(option) is not null) is { } other)
        {
            result.AddError($"--config cannot be combined with {other.Name}.");
        }
    }

    // The message leaves out the value, which can be a secret.
    private static void CheckHeaders(OptionResult result)
    {
        if (result.Tokens.Any(token => token.Value.IndexOf(':', StringComparison.Ordinal) < 1))
        {
            result.AddError("--header must have the form \"Name: value\".");
        }
    }
}
