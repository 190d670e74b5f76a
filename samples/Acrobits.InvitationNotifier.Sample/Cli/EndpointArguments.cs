using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>
/// Where notifications go: either a few options, or a configuration file that has everything. The commands that send
/// and the one that only shows share them, so that what is shown is what would be sent.
/// </summary>
internal sealed class EndpointArguments
{
    private readonly Option<string?> _url = new("--url")
    {
        HelpName = "URL",
        Description = "The web service; %invitee%, %invitor% and %network_id% may stand in its path and query.",
    };

    private readonly Option<string?> _postData = new("--post-data")
    {
        HelpName = "TEMPLATE",
        Description = "The body, with the same placeholders. Filled in: POST; else GET.",
    };

    private readonly Option<string?> _contentType = new("--content-type")
    {
        HelpName = "TYPE",
        Description =
            "The body's format: application/x-www-form-urlencoded (default), application/json or application/xml.",
    };

    private readonly Option<string[]> _headers = new("--header")
    {
        HelpName = "NAME: VALUE",
        Description = "A header added to each request. Repeatable.",
    };

    private readonly Option<string?> _userAgent = new("--user-agent")
    {
        HelpName = "TEXT",
        Description = $"The User-Agent of each request. [default: {new InvitationNotifierOptions().UserAgent}]",
    };

    private readonly Option<string[]> _allowedRanges = new("--allow-range")
    {
        HelpName = "CIDR",
        Description = "Addresses that may be connected to though they are not public, such as 127.0.0.0/8. Repeatable.",
    };

    private readonly Option<FileInfo?> _config = new("--config")
    {
        HelpName = "FILE",
        Description = $"Takes all settings from the section {ConfigurationFile.SectionName} of a JSON file instead.",
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

    /// <summary>Registers the notifier as any application would: from code, or from its configuration.</summary>
    public IHttpClientBuilder AddNotifier(IServiceCollection services, ParseResult parsed) =>
        parsed.GetValue(_config) is { } file
            ? services.AddInvitationNotifier(ConfigurationFile.ReadSection(file))
            : services.AddInvitationNotifier(options => Apply(options, parsed));

    /// <summary>The services, once their configuration has proved valid.</summary>
    /// <exception cref="OptionsValidationException">It is not; every problem is listed.</exception>
    public static ServiceProvider Build(IServiceCollection services)
    {
        var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;
        return provider;
    }

    private IEnumerable<Option> EndpointOptions =>
        [_url, _postData, _contentType, _headers, _userAgent, _allowedRanges];

    private void Apply(InvitationNotifierOptions options, ParseResult parsed)
    {
        options.InvitationCreatedUrl = parsed.GetValue(_url);
        options.InvitationCreatedPostData = parsed.GetValue(_postData);
        options.InvitationCreatedContentType = parsed.GetValue(_contentType);
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
            result.AddError("Say where to: --url URL or --config FILE.");
        }

        if (hasConfig && EndpointOptions.FirstOrDefault(option => result.GetResult(option) is not null) is { } other)
        {
            result.AddError($"--config has all settings; it cannot be combined with {other.Name}.");
        }
    }

    // The value is left out of the message: it may be a key.
    private static void CheckHeaders(OptionResult result)
    {
        if (result.Tokens.Any(token => token.Value.IndexOf(':', StringComparison.Ordinal) < 1))
        {
            result.AddError("--header wants \"Name: value\".");
        }
    }
}
