using System.CommandLine;
using System.Net;
using Acrobits.InvitationNotifier.Tool.Check;
using Acrobits.InvitationNotifier.Tool.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Validates a configuration file as an application does at start, and shows the requests it leads to.</summary>
internal sealed class CheckCommand : Command, IHasNotes
{
    private const int MaxShown = 20;

    private readonly IAnsiConsole _console;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "A JSON configuration file." };

    private readonly Option<string[]> _networks = new("--network")
    {
        HelpName = "ID",
        Description = "Checks only this network. Repeatable.",
    };

    private readonly Option<bool> _noResolve = new("--no-resolve") { Description = "Looks up no host names." };

    private readonly Option<bool> _showSecrets = new("--show-secrets")
    {
        Description = "Shows requests without masking their values.",
    };

    private readonly Option<bool> _strict = new("--strict") { Description = "Returns exit code 9 if there are warnings." };

    /// <param name="console">The console for the report.</param>
    /// <param name="lookUp">Finds the addresses of a host name.</param>
    public CheckCommand(IAnsiConsole console, Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
        : base("check", $"Validates the section {ConfigurationFile.SectionName} of a configuration file and shows its requests.")
    {
        _console = console;
        _lookUp = lookUp;
        Arguments.Add(_file);
        foreach (var option in new Option[] { _networks, _noResolve, _showSecrets, _strict })
        {
            Options.Add(option);
        }

        SetAction(RunAsync);
    }

    public string Notes =>
        $"""
        The report shows, for both web services of each network, and of all networks without an entry:
          - warnings
          - whether the addresses of the host are allowed
          - the request for a friendly and for a hostile invitation, and values that cannot be sent
        A timeline of the attempts follows. Nothing is sent. With more than {MaxShown} web services, the report shows only those
        with warnings.

        So that the report can go into a build log, *** masks the values of Headers and of Authorization, and constant values
        in the query and the post data (0 for a number in JSON). In the path, it masks all segments but words of up to 24 letters
        and versions such as v2. Signatures are masked too. Host, UserAgent and names are shown. Content-Length is the length of what is shown.

        Examples:
          invitation-notifier check appsettings.json
          invitation-notifier check appsettings.json --network mynetwork --show-secrets
          invitation-notifier check appsettings.json --no-resolve --strict

        Exit codes:
          0  the configuration is valid
          1  it is not valid, or cannot be read; every problem is listed
          {ExitCode.Warnings}  it is valid, but there are warnings (only with --strict)

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(_file);
        var options = await ValidateAsync(file);
        _console.MarkupLineInterpolated($"{EscapedText.Line(file.Name)} is valid.");

        var services = Service.Choose(options, parsed.GetValue(_networks) ?? []);
        var hosts = await new HostChecker(options.Egress, parsed.GetValue(_noResolve) ? null : _lookUp)
            .CheckAsync(services, cancellationToken);
        List<Finding> findings = [.. services.Select(service => Finding.Create(service, hosts))];

        var shown = services.Count > MaxShown ? findings.FindAll(finding => finding.Warnings.Count > 0) : findings;
        CheckReport report = new(_console, options, new RequestReport(options, parsed.GetValue(_showSecrets)));
        foreach (var finding in shown)
        {
            await report.PrintAsync(finding, cancellationToken);
        }

        report.PrintTimeline();
        return Summarize(findings, shown.Count, parsed.GetValue(_strict));
    }

    /// <exception cref="OptionsValidationException">The file is not valid. The exception lists every problem.</exception>
    private static async Task<InvitationNotifierOptions> ValidateAsync(FileInfo file)
    {
        ServiceCollection services = new();
        services.AddInvitationNotifier(ConfigurationFile.ReadSection(file));
        await using var container = EndpointArguments.Build(services);
        return container.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;
    }

    private int Summarize(List<Finding> findings, int shown, bool isStrict)
    {
        var warnings = findings.Sum(finding => finding.Warnings.Count);
        _console.WriteLine();
        if (shown < findings.Count)
        {
            _console.WriteLine($"Not shown, because there are no warnings: {findings.Count - shown}. To see one, use --network ID.");
        }

        _console.WriteLine(
            $"Web services checked: {findings.Count}, with warnings: {findings.Count(finding => finding.Warnings.Count > 0)}. " +
            $"Warnings: {warnings}.");
        return isStrict && warnings > 0 ? ExitCode.Warnings : ExitCode.Success;
    }
}
