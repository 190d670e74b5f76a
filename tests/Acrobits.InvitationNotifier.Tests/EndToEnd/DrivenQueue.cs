using Acrobits.InvitationNotifier.Delivery;
using Acrobits.InvitationNotifier.Queueing;
using Acrobits.InvitationNotifier.Telemetry;
using Acrobits.InvitationNotifier.Tests.Queueing;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>Queues of an application that drop an invitation for each reason there is, each in a network of its own.</summary>
internal static class DrivenQueue
{
    /// <summary>The networks that lose something, and why, as it stands in tags.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["used up"] = "schedule_exhausted",
        ["no room"] = "capacity",
        ["stopped"] = "shutdown",
    };

    public static async Task DropForEachReasonAsync(IServiceProvider application)
    {
        using (var impatient = Create(application, new RedeliverySchedule(TimeSpan.Zero)))
        {
            await impatient.StartAsync(CancellationToken.None);
            await impatient.EnqueueAsync(InvitationOf("used up"));
            await UntilDroppedAsync(application, count: 1);
            await impatient.StopAsync(CancellationToken.None);
        }

        using var patient = Create(application, RedeliverySchedule.Default);
        await patient.EnqueueAsync(InvitationOf("stopped"));
        await patient.StartAsync(CancellationToken.None);
        await patient.EnqueueAsync(InvitationOf("no room"));
        await UntilDroppedAsync(application, count: 2);
        await patient.StopAsync(CancellationToken.None);
    }

    private static Invitation InvitationOf(string network) => Application.Invitation with { NetworkId = network };

    // There is room for one redelivery, and the endpoint provider fails each time.
    private static InvitationQueue Create(IServiceProvider application, RedeliverySchedule schedule) => new(
        Options.Create(new InvitationQueueOptions { Capacity = 1, Redelivery = schedule }),
        new ScriptedNotifier((_, _) => throw new InvalidOperationException()),
        application.GetRequiredService<QueueMetrics>(),
        application.GetRequiredService<Observers>(),
        application.GetRequiredService<TimeProvider>(),
        application.GetRequiredService<ILogger<IInvitationQueue>>());

    private static Task UntilDroppedAsync(IServiceProvider application, int count) => Eventually.BecomesAsync(
        () => application.GetFakeLogCollector().GetSnapshot().Count(record => record.Id.Id is 30 or 31) == count, "dropped");
}
