using System.Net;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Rebus.Messages;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Handling;

/// <summary>An invitation whose schedule is exhausted is kept in the error queue, with the reason.</summary>
public sealed class DeadLetterTests
{
    private static readonly RedeliverySchedule Never = new();

    private readonly InMemoryBus _bus = new();

    public static TheoryData<NotificationResult, string> Reasons => new()
    {
        {
            new() { Outcome = NotificationOutcome.Rejected, StatusCode = HttpStatusCode.BadGateway },
            "The last one: Rejected, status 502."
        },
        {
            new()
            {
                Outcome = NotificationOutcome.Rejected,
                StatusCode = HttpStatusCode.ServiceUnavailable,
                Reason = "The provider answered 503 instead of 204.",
            },
            "The last one: The provider answered 503 instead of 204."
        },
        {
            new() { Outcome = NotificationOutcome.Unreachable, Exception = new TimeoutException("+420777654321") },
            "The last one: Unreachable, timeout."
        },
        {
            new() { Outcome = NotificationOutcome.Suspended, RetryAfter = TimeSpan.FromSeconds(1) },
            "The last one: Suspended, no response."
        },
    };

    [Theory]
    [MemberData(nameof(Reasons), DisableDiscoveryEnumeration = true)]
    public async Task Handle_ScheduleExhausted_ErrorQueueHasItWithTheReason(NotificationResult result, string reason)
    {
        await using var host = await _bus.StartAsync(new FakeNotifier(result), Never);

        await host.EnqueueAsync(Samples.Invitation);

        await _bus.UntilFailedAsync();
        var details = _bus.Failed[0].Headers[Headers.ErrorDetails];
        Assert.Contains("1 delivery failed; the redelivery schedule is exhausted. " + reason, details, StringComparison.Ordinal);
        Samples.AssertKept(details);
        Samples.AssertKept(host);
    }

    [Fact]
    public async Task Handle_ReturnedFromTheErrorQueue_IsTriedAgain()
    {
        var notifier = new FakeNotifier(
            new NotificationResult { Outcome = NotificationOutcome.Unreachable },
            new NotificationResult { Outcome = NotificationOutcome.Delivered });
        await using var host = await _bus.StartAsync(notifier, Never);
        await host.EnqueueAsync(Samples.Invitation);
        await _bus.UntilFailedAsync();

        // What an operator's tool does.
        var message = _bus.Network.GetNextOrNull(BusHost.Errors);
        _bus.Network.Deliver(message.Headers[Headers.SourceQueue], message);

        await notifier.UntilCalledAsync(2);
        Assert.Equal(notifier.Invitations[0], notifier.Invitations[1]);
    }
}
