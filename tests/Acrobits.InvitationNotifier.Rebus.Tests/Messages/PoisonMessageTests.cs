using System.Text;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;
using Microsoft.Extensions.Logging;
using Rebus.Messages;
using Rebus.Retry.Simple;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Messages;

/// <summary>What cannot be read goes to the error queue at once, for somebody to look at, and says nothing of its content.</summary>
public sealed class PoisonMessageTests
{
    private const string Type = "acrobits.invitation.v1";

    private readonly InMemoryBus _bus = new();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("+420777654321 by ygritte")]
    [InlineData("""{"invitee":"+420777654321","invitor":"ygritte","networkId":"mynetwork" """)]
    [InlineData("""{"invitee":"+420777654321","invitor":"ygritte","networkId":"mynetwork"} ygritte""")]
    [InlineData("""{"invitee":"+420777654321","invitor":"ygritte"}""")]
    [InlineData("""{"invitee":"+420777654321","invitor":null,"networkId":"mynetwork"}""")]
    [InlineData("""{"invitee":"+420777654321","invitor":" ","networkId":"mynetwork"}""")]
    [InlineData("""{"invitee":"+420777654321","invitor":["ygritte"],"networkId":"mynetwork"}""")]
    [InlineData("""{"invitee":420777654321,"invitor":"ygritte","networkId":"mynetwork"}""")]
    [InlineData("""{"invitee":"+420777654321","invitor":"ygritte \ud800","networkId":"mynetwork"}""")]
    [InlineData("""{"invitee":"+420777654321","invitor":"ygritte","networkId":"mynetwork","id":"\"ygritte\""}""")]
    [InlineData("""{"invitee":"+420777654321","invitor":"ygritte","networkId":"mynetwork","ygritte":\}""")]
    [InlineData("""{"Invitee":"+420777654321","Invitor":"ygritte","NetworkId":"mynetwork"}""")]
    public async Task Receive_NoInvitation_IsDeadLetteredAtOnceAndTellsNothing(string body) =>
        await AssertDeadLetteredAsync(Type, Encoding.UTF8.GetBytes(body), "The body is not an invitation as acrobits.invitation.v1 defines it");

    [Fact]
    public async Task Receive_NoUtf8_IsDeadLetteredAtOnce() => await AssertDeadLetteredAsync(
        Type,
        [.. "{\"invitee\":\"+420777654321\",\"networkId\":\"mynetwork\",\"invitor\":\""u8, 0xFF, .. "\"}"u8],
        "The body is not an invitation as acrobits.invitation.v1 defines it");

    [Theory]
    [InlineData("acrobits.invitation.v2")]
    [InlineData("acrobits.invitation.v10")]
    [InlineData("acrobits.invitation.")]
    public async Task Receive_UnknownVersion_IsDeadLetteredAtOnce(string type) => await AssertDeadLetteredAsync(
        type,
        """{"invitee":"+420777654321","invitor":"ygritte","networkId":"mynetwork"}"""u8.ToArray(),
        $"The message is of the type {type}; this version of the package only reads acrobits.invitation.v1 and acrobits.invitation.accepted.v1. Update the package.");

    [Fact]
    public async Task Receive_TypeWithLineBreaks_ForgesNoLine()
    {
        await using var host = await _bus.StartAsync(new FakeNotifier(NotificationOutcome.Delivered));

        _bus.Deliver("acrobits.invitation.\nvX", "{}"u8.ToArray());

        await _bus.UntilFailedAsync();
        Assert.Contains("acrobits.invitation.\uFFFDvX;", _bus.Failed[0].Headers[Headers.ErrorDetails], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receive_ApplicationHasSecondLevelRetries_IsDeadLetteredAllTheSame()
    {
        await using var host = await _bus.StartAsync(
            new FakeNotifier(NotificationOutcome.Delivered),
            configure: bus => bus.Options(options => options.Decorate(
                _ => new RetryStrategySettings(secondLevelRetriesEnabled: true))));

        _bus.Deliver(Type, "null"u8.ToArray());

        await _bus.UntilFailedAsync();
        Assert.Contains("The body is not an invitation", _bus.Failed[0].Headers[Headers.ErrorDetails], StringComparison.Ordinal);
    }

    private async Task AssertDeadLetteredAsync(string type, byte[] body, string reason)
    {
        var notifier = new FakeNotifier(NotificationOutcome.Delivered);
        await using var host = await _bus.StartAsync(notifier);

        _bus.Deliver(type, body);

        await _bus.UntilFailedAsync();
        var failed = Assert.Single(_bus.Failed);
        var details = failed.Headers[Headers.ErrorDetails];
        Assert.Contains(reason, details, StringComparison.Ordinal);
        Assert.Equal(body, failed.Body);
        Assert.Equal(type, failed.Headers[Headers.Type]);

        // One failed try, not five.
        Assert.Single(host.Logs, record => record.Level == LogLevel.Warning);
        Assert.Empty(notifier.Invitations);
        Samples.AssertKept(details);
        Samples.AssertKept(host);
    }
}
