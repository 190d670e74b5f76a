using Acrobits.InvitationNotifier.Sample.Cli;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Check;

/// <summary>Prints what a check found.</summary>
internal sealed class CheckReport(IAnsiConsole console, InvitationNotifierOptions options, RequestReport requests)
{
    public async Task PrintAsync(Finding finding, CancellationToken cancellationToken)
    {
        var service = finding.Service;
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{Printable.Line(service.Title)}[/]");
        foreach (var warning in finding.Warnings)
        {
            console.MarkupLineInterpolated($"  [yellow]warning:[/] {Printable.Line(warning)}");
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

        // With a blank id there can be no invitation.
        if (service.NetworkId is null || !string.IsNullOrWhiteSpace(service.NetworkId))
        {
            PrintLines(await requests.DescribeAsync(service, cancellationToken));
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
            console.WriteLine("  Jitter (Retry:UseJitter) varies each delay at random, shorter or longer.");
        }

        if (options.CircuitBreaker.MinimumThroughput <= options.Retry.MaxRetryAttempts)
        {
            console.WriteLine(
                "  CircuitBreaker:MinimumThroughput is so low that one notification can open the circuit: its later " +
                "attempts are then not made.");
        }
    }

    // As they are: a console would wrap them.
    private void PrintLines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            console.Profile.Out.Writer.WriteLine($"  {line}".TrimEnd());
        }
    }
}
