using System.Net;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>The id by which a provider tells a repeated delivery from a new invitation.</summary>
public sealed class IdentityTests
{
    private static readonly RedeliverySchedule Schedule = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

    private readonly InMemoryBus _bus = new();

    [Fact]
    public async Task EnqueueAsync_NoId_GivesEachInvitationOneOfItsOwn()
    {
        await using var host = await _bus.StartSenderAsync();

        await host.EnqueueAsync(Samples.Invitation, Samples.Invitation);

        var bodies = _bus.Waiting.Select(message => System.Text.Encoding.UTF8.GetString(message.Body)).ToArray();
        Assert.All(bodies, body => Assert.Matches("^{\"id\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\",", body));
        Assert.NotEqual(bodies[0], bodies[1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("order-4711")]
    public async Task Handle_Redeliveries_CarryTheSameKey(string? id)
    {
        var provider = new MockProvider(
            time: null, HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, sendKey: true);

        await host.EnqueueAsync(Samples.Invitation with { Id = id });
        await DeliverThreeTimesAsync(provider);

        var keys = provider.Requests.Select(request => Assert.Single(request.Headers.GetValues("Idempotency-Key"))).ToArray();
        Assert.Equal(3, keys.Length);
        Assert.Single(keys.Distinct());
        Assert.Matches(id is null ? "^\"[0-9a-f-]{36}\"$" : $"^\"{id}\"$", keys[0]);
    }

    [Fact]
    public async Task Handle_SentWithoutTheQueueAndItsId_RedeliveriesCarryTheSameKey()
    {
        var provider = new MockProvider(
            time: null, HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, sendKey: true);

        await host.Bus.Send(Samples.Invitation);
        await DeliverThreeTimesAsync(provider);

        var keys = provider.Requests.Select(request => Assert.Single(request.Headers.GetValues("Idempotency-Key"))).ToArray();
        Assert.Equal(3, keys.Length);
        Assert.Matches("^\"[0-9a-f-]{36}\"$", Assert.Single(keys.Distinct()));
    }

    [Fact]
    public async Task Handle_KeyNotAskedFor_IsNotSent()
    {
        var provider = new MockProvider(
            time: null, HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, sendKey: false);

        await host.EnqueueAsync(Samples.Invitation);
        await DeliverThreeTimesAsync(provider);

        Assert.All(provider.Requests, request => Assert.False(request.Headers.Contains("Idempotency-Key")));
    }

    private Task<BusHost> StartAsync(MockProvider provider, bool sendKey) => _bus.StartAsync(
        services => services.AddInvitationNotifier(options =>
        {
            options.InvitationCreatedUrl = MockProvider.Url;
            options.SendIdempotencyKey = sendKey;
        }).ConfigurePrimaryHttpMessageHandler(() => provider.Handler),
        Schedule);

    // One request each: the queue repeats, and not the notifier.
    private async Task DeliverThreeTimesAsync(MockProvider provider)
    {
        for (var requests = 1; requests < 3; requests++)
        {
            await _bus.UntilDeferredAsync();
            Assert.Equal(requests, provider.Requests.Count);
            _bus.Time.Advance(TimeSpan.FromSeconds(6));
            await Eventually.BecomesAsync(() => provider.Requests.Count > requests, "the next request");
        }
    }
}
