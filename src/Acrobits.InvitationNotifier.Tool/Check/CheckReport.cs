using Acrobits.InvitationNotifier.Tool.Cli;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Tool.Check;

/// <summary>Prints the findings of a check.</summary>
internal sealed class CheckReport(IAnsiConsole console, InvitationNotifierOptions options, RequestReport requests)
{
    public async Task PrintAsync(Finding finding, CancellationToken cancellationToken)
    {
        var service = finding.Service;
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{EscapedText.Line(service.Title)}[/]");
        foreach (var warning in finding.Warnings)
        {
            console.MarkupLineInterpolated($"  [yellow]warning:[/] {EscapedText.Line(warning)}");
        }

        if (service.Address is null)
        {
            console.WriteLine("  no web service: nothing is sent");
            return;
        }

        foreach (var (address, forbidden) in finding.Host?.Addresses ?? [])
        {
            console.MarkupLineInterpolated(forbidden is null
                ? $"  {finding.Host!.Host} is {address}: [green]allowed[/]"
                : (FormattableString)$"  {finding.Host!.Host} is {address}: [red]forbidden[/], in {forbidden}");
        }

        // There are no invitations with a blank network id.
        if (service.NetworkId is null || !string.IsNullOrWhiteSpace(service.NetworkId))
        {
            PrintLines(await requests.DescribeAsync(service, cancellationToken));
        }

        if (service.Missing is { } missing)
        {
            console.WriteLine($"  no web service for {missing.Name()}");
        }
    }

    public void PrintTimeline()
    {
        console.WriteLine();
        console.MarkupLine("[bold]timeline of a notification, for any network[/]");
        console.WriteLine("  to a provider that answers 503 at once:");
        PrintLines(Timeline.Describe(options, hangs: false));
        console.WriteLine("  to a provider that hangs:");
        PrintLines(Timeline.Describe(options, hangs: true));
        if (options.Retry.UseJitter)
        {
            console.WriteLine("  Jitter (Retry:UseJitter) makes each delay randomly shorter or longer.");
        }

        if (options.CircuitBreaker.MinimumThroughput <= options.Retry.MaxRetryAttempts)
        {
            console.WriteLine(
                "  CircuitBreaker:MinimumThroughput is so low that one notification can open the circuit. Its later attempts " +
                "are then not made.");
        }
    }

    // Directly to the output: a console would wrap the lines.
    private void PrintLines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            console.Profile.Out.Writer.WriteLine($"  {line}".TrimEnd());
        }
    }
}
