using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>What is the application's own fault, such as a database of endpoints that is down, passes some time.</summary>
public sealed class FailureTests
{
    private readonly InMemoryBus _bus = new();

    public static TheoryData<Exception> Failures =>
    [
        new InvalidOperationException("+420777654321"),
        new OperationCanceledException("+420777654321"),
        new OptionsValidationException("name", typeof(InvitationNotifierOptions), ["UserAgent: is blank. Write one."]),
    ];

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Handle_NotifierThrows_IsDeferredAndLogged(Exception failure)
    {
        await using var host = await _bus.StartAsync(new FakeNotifier((_, _) => throw failure));

        await host.EnqueueAsync(Samples.Invitation);

        // What is wrong with the notifier's own options quotes no values.
        await AssertDeferredAsync(host, failure is OptionsValidationException
            ? "OptionsValidationException: UserAgent: is blank. Write one"
            : failure.GetType().Name);
    }

    [Fact]
    public async Task Handle_EndpointProviderThrows_IsDeferredAndLogged()
    {
        await using var host = await _bus.StartAsync(services =>
        {
            services.AddSingleton<IInvitationEndpointProvider>(new BrokenEndpoints());
            services.AddInvitationNotifier(_ => { });
        });

        await host.EnqueueAsync(Samples.Invitation);

        await AssertDeferredAsync(host, nameof(TimeoutException));
    }

    [Fact]
    public async Task Handle_NotifierThrowsUntilTheScheduleIsExhausted_ErrorQueueSaysThatTheApplicationFailed()
    {
        await using var host = await _bus.StartAsync(
            new FakeNotifier((_, _) => throw new TimeoutException("+420777654321")), new RedeliverySchedule());

        await host.EnqueueAsync(Samples.Invitation);

        await _bus.UntilFailedAsync();
        var details = _bus.Failed[0].Headers[Headers.ErrorDetails];
        Assert.Contains(
            "1 delivery failed; the redelivery schedule is exhausted. The last one: The application's own code threw an exception.",
            details,
            StringComparison.Ordinal);
        Samples.AssertKept(details);
    }

    private async Task AssertDeferredAsync(BusHost host, string error)
    {
        await _bus.UntilDeferredAsync();
        Assert.Equal("1", _bus.Deferred[0].Headers[Headers.DeferCount]);
        Assert.Empty(_bus.Failed);
        var log = Assert.Single(host.Logs, record => record.Id.Id == 42);
        Assert.Equal(LogLevel.Error, log.Level);
        Assert.Equal(
            $"Network mynetwork, created invitation {log.GetStructuredStateValue("InvitationId")}: the application's endpoint provider, HTTP handlers or configuration threw an exception " +
            $"during a delivery: {error}. The invitation is redelivered on schedule.",
            log.Message);
        Samples.AssertKept(host);
    }

    private sealed class BrokenEndpoints : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) =>
            throw new TimeoutException("+420777654321");
    }
}
