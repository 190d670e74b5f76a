using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>The trace of an invitation crosses the bus in the headers of its message.</summary>
public sealed class TraceTests
{
    private readonly InMemoryBus _bus = new();

    [Fact]
    public async Task EnqueueAsync_DeliveredAgain_TraceLeadsFromTheCallerToEachRequest()
    {
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.NoContent);
        using var trace = new TracedDelivery();
        await using (var host = await _bus.StartAsync(services => services.AddInvitationNotifier(options =>
        {
            options.InvitationCreatedUrl = provider.Url("/");
            options.Egress.AllowedRanges = ["127.0.0.0/8"];
        })))
        {
            await trace.EnqueueAsync(invitation => host.EnqueueAsync(invitation), Samples.Invitation);
            await _bus.UntilDeferredAsync();
            Assert.Equal("vendor=1", _bus.Deferred[0].Headers["tracestate"]);
            Assert.DoesNotContain(_bus.Deferred[0].Headers, header => header.Value.Contains("ygritte", StringComparison.Ordinal));
            _bus.Time.Advance(TimeSpan.FromSeconds(6));
            await Eventually.BecomesAsync(() => provider.Requests.Count == 2 && _bus.Network.Count() == 0, "delivered");
        }

        trace.AssertLeadsToEachRequest(deliveries: 2);
        Assert.DoesNotContain(provider.Requests, request => request.Contains("traceparent", StringComparison.OrdinalIgnoreCase));
    }
}
