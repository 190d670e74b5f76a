using System.Net;
using Acrobits.InvitationNotifier.Sample.Cli;
using Acrobits.InvitationNotifier.Sample.Providers;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Acrobits.InvitationNotifier.Sample.Commands;

/// <summary>What happens with no command: each way a notification can go, against a provider in this process.</summary>
internal static class DemoCommand
{
    private const int MaxRetryAttempts = 3;

    public static async Task<int> RunAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        DemoScenario[] scenarios =
        [
            .. DocumentedRequest.All.Select(Documented),
            Answered("Answered 200", [200], NotificationOutcome.Rejected),
            Answered("204 after two 503", [503, 503, 204], NotificationOutcome.Delivered),
            Answered("Provider stopped", [], NotificationOutcome.Unreachable),
        ];
        List<DemoResult> results = [];
        foreach (var scenario in scenarios)
        {
            results.Add(await RunAsync(console, scenario, cancellationToken));
        }

        PrintSummary(console, results);
        return results.All(result => result.IsAsDocumented) ? ExitCode.Success : ExitCode.Error;
    }

    private static DemoScenario Documented(DocumentedRequest request) => new(
        request.Title,
        new InvitationEndpointOptions
        {
            InvitationCreatedUrl = request.PathAndQuery,
            InvitationCreatedPostData = request.PostData,
            InvitationCreatedContentType = request.ContentType,
            Headers = { ["User-Agent"] = request.UserAgent },
        },
        Answers: [204],
        NotificationOutcome.Delivered,
        Attempts: 1,
        request);

    private static DemoScenario Answered(string title, int[] answers, NotificationOutcome outcome) => new(
        title,
        new InvitationEndpointOptions { InvitationCreatedUrl = DocumentedRequest.All[0].PathAndQuery },
        answers,
        outcome,
        Attempts: answers is [] ? 1 + MaxRetryAttempts : answers.Length,
        Request: null);

    private static async Task<DemoResult> RunAsync(
        IAnsiConsole console, DemoScenario scenario, CancellationToken cancellationToken)
    {
        console.MarkupLineInterpolated($"[bold]{scenario.Title}[/]");

        List<byte[]> arrived = [];
        await using var provider = await LoopbackProvider.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), request =>
        {
            arrived.Add(request);
            return scenario.Answers[Math.Min(arrived.Count, scenario.Answers.Count) - 1];
        });
        var address = provider.Address;
        if (scenario.Answers is [])
        {
            await provider.StopAsync();
        }

        // An application registers the notifier once. Here each scenario has its own, because all of them are about the
        // network of the documentation, and a network has one web service.
        ServiceCollection services = new();
        services.AddInvitationNotifier(options =>
        {
            scenario.Service.InvitationCreatedUrl = address + scenario.Service.InvitationCreatedUrl;
            options.Networks[DocumentedRequest.Invitation.NetworkId] = scenario.Service;
            options.Retry.MaxRetryAttempts = MaxRetryAttempts;
            options.Retry.Delay = TimeSpan.FromMilliseconds(50);
            options.Egress.AllowedRanges.Add("127.0.0.0/8");
            options.Egress.AllowedRanges.Add("::1/128");
        });
        await using var container = services.BuildServiceProvider();
        var notifier = container.GetRequiredService<IInvitationNotifier>();

        var result = await notifier.NotifyAsync(DocumentedRequest.Invitation, cancellationToken);

        var isWireExact = arrived.Count == scenario.Answers.Count && HasArrived(scenario, address, arrived);
        Print(console, scenario, arrived, result, isWireExact);
        var isAsDocumented = isWireExact && result.Outcome == scenario.Outcome && result.Attempts == scenario.Attempts;
        return new DemoResult(scenario.Title, result, isAsDocumented);
    }

    private static bool HasArrived(DemoScenario scenario, string address, List<byte[]> arrived)
    {
        var expected = scenario.Request?.Expected(new Uri(address).Authority);
        return expected is null || arrived[0].AsSpan().SequenceEqual(expected);
    }

    private static void Print(
        IAnsiConsole console, DemoScenario scenario, List<byte[]> arrived, NotificationResult result, bool isWireExact)
    {
        foreach (var (request, answer) in arrived.Zip(scenario.Answers))
        {
            console.MarkupLineInterpolated($"[dim]arrived on the wire, {request.Length} bytes, answered {answer}:[/]");
            foreach (var line in Printable.Wire(request).TrimEnd('\n').Split('\n'))
            {
                console.Profile.Out.Writer.WriteLine($"  {line}".TrimEnd());
            }
        }

        console.MarkupLineInterpolated($"{Outcomes.Explain(result)}");
        if (scenario.Request is not null)
        {
            console.MarkupLine(isWireExact
                ? "[green]Byte for byte as documented.[/]"
                : "[red]These are not the documented bytes.[/]");
        }

        console.WriteLine();
    }

    private static void PrintSummary(IAnsiConsole console, List<DemoResult> results)
    {
        Table table = new();
        table.AddColumns("What", "Outcome", "Status", "Attempts", "Duration", "Documented");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        table.Columns[4].RightAligned();
        foreach (var (title, result, isAsDocumented) in results)
        {
            table.AddRow(
                new Spectre.Console.Text(title),
                new Spectre.Console.Text(result.Outcome.ToString()),
                new Spectre.Console.Text(Outcomes.Status(result)),
                new Spectre.Console.Text($"{result.Attempts}"),
                new Spectre.Console.Text(Outcomes.Milliseconds(result.Duration)),
                isAsDocumented ? new Markup("[green]yes[/]") : new Markup("[red]no[/]"));
        }

        console.Write(table);
    }

    /// <param name="Title">What is shown.</param>
    /// <param name="Service">The network's web service; its URL gets its host once the provider runs.</param>
    /// <param name="Answers">The statuses the provider answers with, one after the other; none: it is stopped.</param>
    /// <param name="Outcome">The outcome that is documented for it.</param>
    /// <param name="Attempts">How many requests that takes.</param>
    /// <param name="Request">The request that has to arrive, where it is one of the documentation.</param>
    private sealed record DemoScenario(
        string Title,
        InvitationEndpointOptions Service,
        IReadOnlyList<int> Answers,
        NotificationOutcome Outcome,
        int Attempts,
        DocumentedRequest? Request);

    private sealed record DemoResult(string Title, NotificationResult Result, bool IsAsDocumented);
}
