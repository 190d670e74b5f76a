using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

public sealed class PrivacyTests
{
    private readonly InMemoryBus _bus = new();

    [Fact]
    public async Task Logs_LifeOfAnInvitation_TellNothingOfIt()
    {
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.Status(500), Answers.NoContent);
        await using var host = await _bus.StartAsync(
            services => services.AddInvitationDeliveryLog().AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = provider.Url("/%invitee%?by=%invitor%");
                options.Egress.AllowedRanges = ["127.0.0.0/8"];
            }),
            new RedeliverySchedule(TimeSpan.FromSeconds(5)));

        // Failed, deferred and dead-lettered; then one that is delivered.
        await host.EnqueueAsync(Samples.Invitation);
        await _bus.UntilDeferredAsync();
        _bus.Time.Advance(TimeSpan.FromSeconds(6));
        await _bus.UntilFailedAsync();
        await host.EnqueueAsync(Samples.Invitation);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 3, "the second invitation is delivered");
        await host.StopAsync();

        Assert.Contains("420777654321", provider.Requests[2], StringComparison.Ordinal);
        Assert.Contains(host.Logs, record => record.Category!.StartsWith("Rebus.", StringComparison.Ordinal));
        var entries = await host.Services.GetRequiredService<IDeliveryLog>().QueryAsync();
        Assert.Equal(
            [NotificationProgress.Completed, NotificationProgress.GivenUp, NotificationProgress.Deferred], entries.Select(entry => entry.Progress));
        Assert.All(entries, entry => Samples.AssertKept(entry.ToString()));
        Samples.AssertKept(host);
        Samples.AssertKept(_bus.Failed[0].Headers[Headers.ErrorDetails]);
    }
}
