using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample;

/// <summary>Notifies a provider in this process and shows what arrives there and what the result is.</summary>
internal static class Demo
{
    /// <summary>Runs the scenarios one after the other.</summary>
    /// <returns>Whether each of them ended as expected.</returns>
    public static async Task<bool> RunAsync(IAnsiConsole console, IReadOnlyList<Scenario> scenarios)
    {
        var allAsExpected = true;
        var summary = new Table().AddColumns("What", "Outcome", "Status", "Attempts", "Duration", "Documented");
        summary.Columns.Skip(2).Take(3).ToList().ForEach(number => number.RightAligned());
        foreach (var scenario in scenarios)
        {
            await using Provider provider = new(scenario.Answers);
            var result = await NotifyAsync(scenario, provider.Host);

            bool? isDocumented = scenario.DocumentedBytes(provider.Host) is { } documented
                ? provider.Requests is [var request] && request.SequenceEqual(documented)
                : null;
            var isExpected = result.Outcome == scenario.Outcome;
            allAsExpected &= isExpected && isDocumented != false;

            Print(console, scenario, provider.Requests, result, isDocumented);
            summary.AddRow(
                scenario.Title,
                isExpected ? $"{result.Outcome}" : $"[red]{result.Outcome}, not {scenario.Outcome}[/]",
                Status(result),
                $"{result.Attempts}",
                $"{result.Duration.TotalMilliseconds:0} ms",
                isDocumented switch { true => "[green]yes[/]", false => "[red]no[/]", null => "-" });
        }

        console.Write(summary);
        return allAsExpected;
    }

    // An application registers the notifier once, for all networks. Here, each scenario configures the same network anew.
    private static async Task<NotificationResult> NotifyAsync(Scenario scenario, string host)
    {
        ServiceCollection services = new();
        services.AddInvitationNotifier(options =>
        {
            options.Networks["mynetwork"] = scenario.Endpoint(host);
            options.Retry.Delay = TimeSpan.FromMilliseconds(50);

            // Only public addresses are allowed by default. This provider is on the same machine.
            options.Egress.AllowedRanges.Add("127.0.0.0/8");
        });

        await using var container = services.BuildServiceProvider();
        var notifier = container.GetRequiredService<IInvitationNotifier>();
        return await notifier.NotifyAsync(new Invitation("15551231234", "johnsnow", "mynetwork") { Event = scenario.Event });
    }

    private static void Print(
        IAnsiConsole console, Scenario scenario, IReadOnlyList<byte[]> requests, NotificationResult result, bool? isDocumented)
    {
        console.MarkupLineInterpolated($"[bold]{scenario.Title}[/]");
        foreach (var (request, answer) in requests.Zip(scenario.Answers))
        {
            console.MarkupLineInterpolated($"[dim]arrived on the wire, {request.Length} bytes, answered {answer}:[/]");
            foreach (var line in Encoding.UTF8.GetString(request).TrimEnd().ReplaceLineEndings("\n").Split('\n'))
            {
                // Past the console, which would wrap it.
                console.Profile.Out.Writer.WriteLine($"  {line}".TrimEnd());
            }
        }

        var attempts = result.Attempts == 1 ? "1 attempt" : $"{result.Attempts} attempts";
        console.MarkupLineInterpolated($"{result.Outcome}: {Explain(result)} ({attempts}, {result.Duration.TotalMilliseconds:0} ms)");
        if (isDocumented is { } isExact)
        {
            console.MarkupLine(isExact ? "[green]Byte for byte as documented.[/]" : "[red]These are not the documented bytes.[/]");
        }

        console.WriteLine();
    }

    private static string Explain(NotificationResult result) => result.Outcome switch
    {
        NotificationOutcome.Delivered => "the provider answered 204 and has the invitation.",
        NotificationOutcome.Rejected =>
            $"the provider answered {Status(result)}, which is ignored: only 204 counts. Compare the request with what it expects.",
        NotificationOutcome.Unreachable =>
            $"no usable answer came. {result.Reason?.TrimEnd('.')}. Check scheme, host and port, or send it again later.",
        _ => $"{result.Reason}",
    };

    private static string Status(NotificationResult result) => result.StatusCode is { } status ? $"{(int)status}" : "-";
}
