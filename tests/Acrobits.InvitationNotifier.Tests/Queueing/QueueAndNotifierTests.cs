using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.Queueing;

/// <summary>The queue before the real notifier and a provider that fails.</summary>
public sealed class QueueAndNotifierTests
{
    private readonly SkippingTime _time = new();

    [Theory]
    [InlineData(null)]
    [InlineData("order-4711")]
    public async Task EnqueueAsync_DeliveredAgain_HasTheSameIdempotencyKeyEachTime(string? id)
    {
        var provider = new MockProvider(_time, HttpStatusCode.ServiceUnavailable);
        await using var host = await StartAsync(provider, options => options.SendIdempotencyKey = true);

        await host.Queue.EnqueueAsync(Secrets.Invitation with { Id = id });

        await host.BecomesAsync(host => host.Dropped.Count == 1, "given up");
        var keys = provider.Requests.Select(request => Assert.Single(request.Headers.NonValidated["Idempotency-Key"])).ToArray();
        Assert.Equal(3 * 2, keys.Length);
        var key = Assert.Single(keys.Distinct());
        Assert.Matches(id is null ? "^\"[0-9a-f-]{36}\"$" : $"^\"{id}\"$", key);
    }

    [Fact]
    public async Task EnqueueAsync_TwoInvitationsOfTheSameUsers_HaveKeysOfTheirOwn()
    {
        var provider = new MockProvider(_time, HttpStatusCode.NoContent);
        await using var host = await StartAsync(provider, options => options.SendIdempotencyKey = true);

        await host.Queue.EnqueueAsync(Secrets.Invitation);
        await host.Queue.EnqueueAsync(Secrets.Invitation);

        await host.BecomesAsync(host => host.Waiting == 0, "delivered");
        Assert.Equal(2, provider.Requests.Select(request => request.Headers.NonValidated["Idempotency-Key"].ToString()).Distinct().Count());
    }

    [Fact]
    public async Task EnqueueAsync_ProviderAsksToWait_IsDeliveredThen()
    {
        var provider = new MockProvider(
            _time,
            MockProvider.Respond(HttpStatusCode.TooManyRequests, ("Retry-After", "3600")),
            MockProvider.Respond(HttpStatusCode.NoContent));
        await using var host = await StartAsync(provider);

        await host.Queue.EnqueueAsync(Secrets.Invitation);

        await host.BecomesAsync(_ => provider.Requests.Count == 2, "delivered");
        Assert.InRange(provider.Arrivals[1] - provider.Arrivals[0], TimeSpan.FromHours(1), TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task EnqueueAsync_WhateverBecomesOfIt_LogsAndMeasuresNothingOfTheInvitation()
    {
        var provider = new MockProvider(_time, HttpStatusCode.ServiceUnavailable);
        await using var host = await StartAsync(provider, options => Secrets.Configure(options, "provider.example"));

        await host.Queue.EnqueueAsync(Secrets.Invitation with { Id = "order-4711" });
        await host.BecomesAsync(host => host.Dropped.Count == 1, "given up");
        await host.StopAsync();

        Assert.NotEmpty(host.Logged(30));
        Secrets.AssertKept(host.Logs);
    }

    private async Task<QueueHost> StartAsync(MockProvider provider, Action<InvitationNotifierOptions>? configure = null)
    {
        // Each delivery is two requests, and there are three deliveries.
        var host = QueueHost.Create(
            services => services.AddInvitationNotifier(options =>
            {
                options.InvitationCreatedUrl = MockProvider.Url;
                options.Retry = new RetryOptions { MaxRetryAttempts = 1, Delay = TimeSpan.Zero };
                configure?.Invoke(options);
            }).ConfigurePrimaryHttpMessageHandler(() => provider.Handler),
            options => options.Redelivery = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)),
            _time);
        await host.StartAsync();
        return host;
    }
}
