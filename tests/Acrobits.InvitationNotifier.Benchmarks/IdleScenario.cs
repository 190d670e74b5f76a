using System.Globalization;
using Acrobits.InvitationNotifier.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>
/// Destinations that came and went. Each gets a pipeline (concurrency limit, circuit breaker), which has to be given back
/// once the destination is not used any more: providers come and go for as long as the server runs.
/// </summary>
internal static class IdleScenario
{
    // ConcurrentDictionary keeps its table; all that belongs to a destination has to go.
    private const double MostKept = 0.1;

    public static async Task<bool> RunAsync(bool quick)
    {
        var destinations = quick ? 20_000 : 100_000;
        var time = new FakeTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<IInvitationEndpointProvider, EndpointPerNetwork>();
        services.AddInvitationNotifier(_ => { }).ConfigurePrimaryHttpMessageHandler(() => new NoContentHandler());

        await using var provider = services.BuildServiceProvider();
        var notifier = provider.GetRequiredService<IInvitationNotifier>();
        var states = provider.GetRequiredService<WebServiceStates>();

        // What is allocated once and for all is not to be counted.
        await NotifyAsync(notifier, 0, 100);
        time.Advance(TimeSpan.FromMinutes(5));
        var empty = states.DestinationCount == 0;

        var before = Measure();
        var delivered = await NotifyAsync(notifier, 100, destinations);
        var with = Measure();

        // Used again in the middle of it: half of them have to stay.
        time.Advance(TimeSpan.FromSeconds(40));
        delivered += await NotifyAsync(notifier, 100, destinations / 2);
        time.Advance(TimeSpan.FromSeconds(30));
        var half = Measure();

        time.Advance(TimeSpan.FromMinutes(5));
        var after = Measure();

        Report.Table(
            ["", "states", "memory, MB", "bytes a destination"],
            [
                Row("before", before),
                Row(string.Create(CultureInfo.InvariantCulture, $"{destinations:N0} destinations used"), with),
                Row("half of them used again 40 s later, 70 s after the start", half),
                Row("5 minutes after the last use", after),
            ]);
        Console.WriteLine();
        var kept = (after.Memory - before.Memory) / (double)(with.Memory - before.Memory);
        var met = Report.Target("every notification delivered", delivered == destinations + (destinations / 2));
        met &= Report.Target("one pipeline for each destination in use, none for the others",
            empty && with.Destinations == destinations && half.Destinations == destinations / 2 && after.Destinations == 0);
        met &= Report.Target($"memory given back but for {Report.Number(kept * 100, 1)} % (at most {MostKept:P0})", kept <= MostKept);
        return met;

        (int Destinations, long Memory) Measure() => (states.DestinationCount, Report.HeldMemory());

        string[] Row(string what, (int Destinations, long Memory) now) =>
        [
            what,
            Report.Number(now.Destinations),
            Report.Megabytes(now.Memory),
            now.Destinations == 0 ? "" : Report.Number((now.Memory - before.Memory) / (double)now.Destinations),
        ];
    }

    private static async Task<int> NotifyAsync(IInvitationNotifier notifier, int first, int count)
    {
        var delivered = 0;
        for (var i = first; i < first + count; i++)
        {
            var result = await notifier.NotifyAsync(new Invitation("15551231234", "johnsnow", $"n{i}"));
            delivered += result.IsSuccess ? 1 : 0;
        }

        return delivered;
    }

    /// <summary>A host for each network, kept nowhere: what is measured is the library's own.</summary>
    private sealed class EndpointPerNetwork : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) =>
            new(InvitationEndpoint.Create(new InvitationEndpointOptions
            {
                InvitationCreatedUrl = $"https://{networkId}.example.com/invitation/?invitee=%invitee%&invitor=%invitor%",
            }));
    }
}
