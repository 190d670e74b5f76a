using System.CommandLine;
using System.Net;
using Acrobits.InvitationNotifier.Sample.Check;
using Acrobits.InvitationNotifier.Sample.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Commands;

/// <summary>Validates a configuration file as an application would at its start, and shows what it will lead to.</summary>
internal sealed class CheckCommand : Command, IHasNotes
{
    private const int MaxShown = 20;

    private readonly IAnsiConsole _console;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "A JSON configuration file." };

    private readonly Option<string[]> _networks = new("--network")
    {
        HelpName = "ID",
        Description = "Checks this network alone; one with no entry is checked as all others. Repeatable.",
    };

    private readonly Option<bool> _noResolve = new("--no-resolve") { Description = "Looks no host up." };

    private readonly Option<bool> _showSecrets = new("--show-secrets")
    {
        Description = "Shows each request as it would be sent, with nothing masked.",
    };

    private readonly Option<bool> _strict = new("--strict") { Description = "Makes warnings count in the exit code." };

    /// <param name="console">Where the report goes.</param>
    /// <param name="lookUp">Finds the addresses of a host.</param>
    public CheckCommand(IAnsiConsole console, Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
        : base("check", $"Validates the section {ConfigurationFile.SectionName} of a configuration file, and shows what it leads to.")
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
        For each network, and for all that have no entry: warnings; the verdict on the addresses of the URL's host; the
        request for a friendly and for a hostile invitation, and what cannot be sent. Then, once, when attempts are made
        and how long they take. Nothing is sent; hosts are looked up.

        With more than {MaxShown} services, only those with warnings are shown, and the others counted.

        What is masked (***) in requests, so that the report can go into a build log: the values of Headers; user info and
        Authorization; constant values in the query and in the post data; segments of the path, but for words of up to 24
        letters and versions such as v2. Host, UserAgent, and the names of parameters and elements are shown.
        Content-Length is that of the post data as shown.

        Examples:
          check appsettings.json
          check appsettings.json --network mynetwork --show-secrets
          check appsettings.json --no-resolve --strict

        Exit codes:
          0  valid; with --strict: and no warnings
          1  not valid, or not readable; every problem is printed
          {ExitCode.Warnings}  valid, and --strict found warnings

        """;

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(_file);
        var (options, lookAlikes) = await ValidateAsync(file, cancellationToken);
        _console.MarkupLineInterpolated($"{Printable.Line(file.Name)} is valid.");

        var services = Service.Choose(options, parsed.GetValue(_networks) ?? []);
        var hosts = await new HostJudge(options.Egress, _lookUp).JudgeAsync(
            parsed.GetValue(_noResolve) ? [] : services.Select(service => service.Address?.IdnHost).OfType<string>(),
            cancellationToken);
        List<Finding> findings = [.. services.Select(service => Examine(service, hosts, lookAlikes))];

        var shown = services.Count > MaxShown ? findings.FindAll(finding => finding.Warnings.Count > 0) : findings;
        CheckReport report = new(_console, options, new RequestReport(options, parsed.GetValue(_showSecrets)));
        foreach (var finding in shown)
        {
            await report.PrintAsync(finding, cancellationToken);
        }

        report.PrintTimeline();
        return Summarize(findings, shown.Count, parsed.GetValue(_strict));
    }

    /// <exception cref="OptionsValidationException">The file is not valid; every problem is listed.</exception>
    private static async Task<(InvitationNotifierOptions Options, ILookup<string?, string> LookAlikes)> ValidateAsync(
        FileInfo file, CancellationToken cancellationToken)
    {
        using LookAlikeLog log = new();
        ServiceCollection services = new();
        services.AddLogging(logging => logging.AddProvider(log));
        services.AddInvitationNotifier(ConfigurationFile.ReadSection(file));
        await using var container = EndpointArguments.Build(services);

        // The first use is when the library warns of look-alikes.
        await container.GetRequiredService<IInvitationEndpointProvider>().GetEndpointAsync("", cancellationToken);
        return (container.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value, log.Warnings);
    }

    private static Finding Examine(
        Service service, IReadOnlyDictionary<string, HostVerdict> hosts, ILookup<string?, string> lookAlikes)
    {
        var host = service.Address is { } address ? hosts.GetValueOrDefault(address.IdnHost) : null;
        return new Finding(service, host,
        [
            .. lookAlikes[LookAlikeLog.NameOf(service.NetworkId)],
            .. Linter.FindWarnings(service),
            .. host?.Warning is { } warning ? [warning] : Array.Empty<string>(),
        ]);
    }

    private int Summarize(List<Finding> findings, int shown, bool isStrict)
    {
        var warnings = findings.Sum(finding => finding.Warnings.Count);
        _console.WriteLine();
        if (shown < findings.Count)
        {
            _console.WriteLine($"Not shown, as there are no warnings: {findings.Count - shown}. --network ID shows one.");
        }

        _console.WriteLine(
            $"Services checked: {findings.Count}, with warnings: {findings.Count(finding => finding.Warnings.Count > 0)}. " +
            $"Warnings: {warnings}.");
        return isStrict && warnings > 0 ? ExitCode.Warnings : ExitCode.Success;
    }
}
